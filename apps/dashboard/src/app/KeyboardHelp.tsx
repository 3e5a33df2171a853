import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcuts } from '../keyboard/shortcuts.js';
import { Dialog } from '../ui/Dialog.js';
import styles from './shell.module.css';

const GROUPS = ['everywhere', 'lists', 'thisView'] as const;

/** The shortcuts that work at this place. */
export function KeyboardHelp({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const shortcuts = useShortcuts();
  return (
    <Dialog open={open} onClose={onClose} title={t('keys.title')}>
      {GROUPS.map((group) => {
        const here = shortcuts.filter((shortcut) => shortcut.group === group);
        return here.length === 0 ? null : (
          <section key={group}>
            <h3>{t(`keys.${group}`)}</h3>
            <dl className={styles.keys}>
              {here.map(({ keys, also, label }) => (
                <Fragment key={label}>
                  <dt>
                    <Keys keys={keys[0] ?? ''} />
                    {also && (
                      <>
                        {' '}
                        {t('keys.or')} <kbd>{also}</kbd>
                      </>
                    )}
                  </dt>
                  <dd>{label}</dd>
                </Fragment>
              ))}
              {group === 'lists' && (
                <>
                  <dt>
                    <kbd>Enter</kbd>
                  </dt>
                  <dd>{t('keys.open')}</dd>
                </>
              )}
            </dl>
          </section>
        );
      })}
    </Dialog>
  );
}

function Keys({ keys }: { keys: string }): ReactNode {
  const { t } = useTranslation();
  return keys.split(' ').map((key, index) => (
    <Fragment key={index}>
      {index > 0 && <span className="muted"> {t('keys.then')} </span>}
      <kbd>{key}</kbd>
    </Fragment>
  ));
}
