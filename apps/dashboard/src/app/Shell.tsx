import { Link, Outlet, useRouter, useRouterState } from '@tanstack/react-router';
import { Keyboard, MenuIcon } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { signInHref, useSignedOut } from '../api/session.js';
import { useFormat } from '../format/use-format.js';
import { useShortcut } from '../keyboard/shortcuts.js';
import { useLive } from '../live/live.js';
import { Button, buttonClass } from '../ui/Button.js';
import { Menu, MenuItem } from '../ui/Menu.js';
import { Tip } from '../ui/Tooltip.js';
import icon from './icon.svg';
import { KeyboardHelp } from './KeyboardHelp.js';
import { PersonMenu } from './PersonMenu.js';
import { prefer, preferences } from './preferences.js';
import styles from './shell.module.css';
import { VIEWS } from './views.js';

/** What surrounds every view. */
export function Shell(): ReactNode {
  const { t } = useTranslation();
  const [help, setHelp] = useState(false);
  const main = useRef<HTMLElement>(null);
  useFocusOnArrival(main);
  useShortcut({ keys: ['?'], label: t('keys.showHelp'), group: 'everywhere', run: () => setHelp(true) });
  useShortcut({ keys: ['u'], label: t('keys.utc'), group: 'everywhere', run: toggleUtc });
  return (
    <>
      <a className={styles.skip} href="#main">
        {t('skip')}
      </a>
      <header className={styles.bar}>
        <div className={styles.inner}>
          <NavMenu />
          <Link to="/" className={styles.brand}>
            <img src={icon} width={24} height={24} alt="" />
            Hjemmel
          </Link>
          <nav className={styles.nav} aria-label={t('nav.label')}>
            {VIEWS.map((view) => (
              <NavLink key={view.name} view={view} />
            ))}
          </nav>
          <div className={styles.tools}>
            <LiveState />
            <Tip text={t('keys.help')} asChild>
              <Button
                look="quiet"
                icon
                className={styles.helpButton}
                aria-label={t('keys.help')}
                onClick={() => setHelp(true)}
              >
                <Keyboard size={18} aria-hidden />
              </Button>
            </Tip>
            <PersonMenu />
          </div>
        </div>
      </header>
      <SignedOut />
      <main ref={main} id="main" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
      <KeyboardHelp open={help} onClose={() => setHelp(false)} />
    </>
  );
}

/**
 * In another view the keyboard and the screen reader begin at its content, as after a page was loaded. A menu or dialog that
 * was opened while the view was on its way keeps the focus: without it a menu closes.
 */
function useFocusOnArrival(main: RefObject<HTMLElement | null>): void {
  const to = useRouterState({ select: ({ location }) => location.pathname });
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const last = useRef(path);
  const atStart = useRef<Element>(null);
  useEffect(() => {
    atStart.current = document.activeElement;
  }, [to]);
  useEffect(() => {
    const left = last.current !== undefined && last.current !== path;
    last.current = path;
    const active = document.activeElement;
    const opened = active !== atStart.current && Boolean(active?.closest('[role=menu], dialog'));
    if (left && !opened) main.current?.focus({ preventScroll: true });
  }, [main, path]);
}

/** Says that the session is over, wherever one is; what is shown stays, and what is typed. */
function SignedOut(): ReactNode {
  const { t } = useTranslation();
  const signedOut = useSignedOut();
  // The address is read anew wherever one goes.
  useRouterState({ select: ({ location }) => location.href });
  return (
    <div role="alert">
      {signedOut && (
        <p className={styles.signedOut}>
          {t('state.signInTitle')}
          <a className={buttonClass('primary')} href={signInHref()}>
            {t('state.signIn')}
          </a>
        </p>
      )}
    </div>
  );
}

type View = (typeof VIEWS)[number];

function NavLink({ view: { name, to, key } }: { view: View }): ReactNode {
  const { t } = useTranslation();
  const { navigate } = useRouter();
  useShortcut({
    keys: [`g ${key}`],
    label: t('keys.goTo', { view: t(`nav.${name}`) }),
    group: 'everywhere',
    run: () => void navigate({ to }),
  });
  return (
    <Link to={to} activeOptions={{ exact: to === '/', includeSearch: false }}>
      {t(`nav.${name}`)}
    </Link>
  );
}

/** The navigation where there is no room for it. */
function NavMenu(): ReactNode {
  const { t } = useTranslation();
  return (
    <Menu
      align="start"
      trigger={
        <Button look="quiet" icon className={styles.menuButton} aria-label={t('nav.menu')}>
          <MenuIcon size={20} aria-hidden />
        </Button>
      }
    >
      {VIEWS.map(({ name, to }) => (
        <MenuItem key={name} asChild>
          <Link to={to}>{t(`nav.${name}`)}</Link>
        </MenuItem>
      ))}
    </Menu>
  );
}

/** Whether the page is current, and what has come for those who do not see it. */
function LiveState(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { connection, announced } = useLive();
  const hint = connection === 'live' ? t('live.liveHint') : t('live.reconnectingHint');
  return (
    <>
      <Tip text={hint}>
        <span className={styles.live}>
          <span className={styles.dot} data-connection={connection} />
          <span role="status">{t(`live.${connection}`)}</span>
        </span>
      </Tip>
      <span className="visually-hidden" role="status">
        {announced > 0 && t('live.arrived', { count: announced, number: format.number(announced) })}
      </span>
    </>
  );
}

function toggleUtc(): void {
  prefer({ times: preferences().times === 'utc' ? 'local' : 'utc' });
}
