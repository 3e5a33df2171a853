import type { ComponentProps, ReactNode } from 'react';
import styles from './button.module.css';

/** `primary` for the one thing to do, `quiet` where a frame would be noise. */
export type ButtonLook = 'plain' | 'primary' | 'quiet';

/** Class names of a button, for links that look like one. */
export function buttonClass(look: ButtonLook = 'plain', icon = false): string {
  return [styles.button, look === 'plain' ? '' : styles[look], icon ? styles.icon : ''].filter(Boolean).join(' ');
}

interface ButtonProps extends ComponentProps<'button'> {
  look?: ButtonLook;
  /** Only an icon: needs an `aria-label`. */
  icon?: boolean;
}

export function Button({ look, icon, className, ...rest }: ButtonProps): ReactNode {
  return <button type="button" {...rest} className={[buttonClass(look, icon), className].filter(Boolean).join(' ')} />;
}
