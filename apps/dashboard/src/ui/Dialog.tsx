import { X } from 'lucide-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.js';
import styles from './dialog.module.css';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Buttons at the bottom, the main one last. */
  actions?: ReactNode;
}

/**
 * A modal dialog: the browser's own, which holds the focus, makes the rest inert, and closes on Escape.
 *
 * The focus goes to its first part, or to one that has `data-first-focus`.
 *
 * Not Radix's, whose modal one locks scrolling by a style element that the page's Content-Security-Policy forbids.
 */
export function Dialog({ open, onClose, title, children, actions }: DialogProps): ReactNode {
  const { t } = useTranslation();
  const ref = useRef<HTMLDialogElement>(null);
  const pressed = useRef(false);
  const heading = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (open && dialog?.open === false) {
      dialog.showModal();
      dialog.querySelector<HTMLElement>('[data-first-focus]')?.focus();
    }
    if (!open && dialog?.open === true) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={ref}
      className={styles.dialog}
      aria-labelledby={heading}
      onClose={onClose}
      // The backdrop is the dialog itself, none of its parts. A press that began inside is the marking of text.
      onPointerDown={(event) => (pressed.current = event.target === ref.current)}
      onClick={(event) => pressed.current && event.target === ref.current && onClose()}
    >
      {open && (
        <>
          <div className={styles.head}>
            <h2 id={heading}>{title}</h2>
            <Button look="quiet" icon aria-label={t('close')} onClick={onClose}>
              <X size={18} aria-hidden />
            </Button>
          </div>
          <div className={styles.body}>{children}</div>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </>
      )}
    </dialog>
  );
}
