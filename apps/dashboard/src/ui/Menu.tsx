import { Check } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './menu.module.css';

interface MenuProps {
  /** A button. */
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'end';
}

/**
 * A menu under a button.
 *
 * Not modal: Radix would lock scrolling by a style element, which the page's Content-Security-Policy forbids.
 */
export function Menu({ trigger, children, align = 'end' }: MenuProps): ReactNode {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.content} align={align} sideOffset={6} collisionPadding={8}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface MenuItemProps {
  children: ReactNode;
  onSelect?: () => void;
  disabled?: boolean;
  /** The child is a link, which the item becomes. */
  asChild?: boolean;
}

export function MenuItem({ children, onSelect, disabled = false, asChild = false }: MenuItemProps): ReactNode {
  return (
    <DropdownMenu.Item className={styles.item} disabled={disabled} asChild={asChild} onSelect={() => onSelect?.()}>
      {children}
    </DropdownMenu.Item>
  );
}

interface MenuChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** One of several; the menu stays open, so that its effect is seen. */
export function MenuChoice<T extends string>({ label, value, options, onChange }: MenuChoiceProps<T>): ReactNode {
  return (
    <>
      <DropdownMenu.Label className={styles.label}>{label}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup aria-label={label} value={value} onValueChange={(chosen) => onChange(chosen as T)}>
        {options.map((option) => (
          <DropdownMenu.RadioItem
            key={option.value}
            className={styles.item}
            value={option.value}
            onSelect={(event) => event.preventDefault()}
          >
            <span className={styles.check}>
              <DropdownMenu.ItemIndicator>
                <Check size={16} aria-hidden />
              </DropdownMenu.ItemIndicator>
            </span>
            {option.label}
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
    </>
  );
}

export function MenuHeader({ children }: { children: ReactNode }): ReactNode {
  return <div className={styles.header}>{children}</div>;
}

export function MenuSeparator(): ReactNode {
  return <DropdownMenu.Separator className={styles.separator} />;
}
