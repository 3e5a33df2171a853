import { Tooltip } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './tooltip.module.css';

/** Around the page: after one tooltip the next ones come at once. */
export function TooltipProvider({ children }: { children: ReactNode }): ReactNode {
  return (
    <Tooltip.Provider delayDuration={350} skipDelayDuration={300}>
      {children}
    </Tooltip.Provider>
  );
}

interface TipProps {
  text: ReactNode;
  children: ReactNode;
  /** The child takes the focus itself (a button, a link), and is one element that takes props and a ref. */
  asChild?: boolean;
}

/** More about what is pointed at or focused. What must be known is never said here alone. */
export function Tip({ text, children, asChild = false }: TipProps): ReactNode {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        {asChild ? (
          children
        ) : (
          <span tabIndex={0} className={styles.anchor}>
            {children}
          </span>
        )}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className={styles.tip} sideOffset={6} collisionPadding={8}>
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
