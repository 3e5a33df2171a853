/** The main views, in the order of the navigation, and the key that leads to each after `g`. */
export const VIEWS = [
  { name: 'overview', to: '/', key: 'o' },
  { name: 'problems', to: '/problems', key: 'p' },
  { name: 'findings', to: '/findings', key: 'f' },
  { name: 'registers', to: '/registers', key: 'r' },
  { name: 'duties', to: '/duties', key: 'd' },
  { name: 'log', to: '/log', key: 'l' },
] as const;
