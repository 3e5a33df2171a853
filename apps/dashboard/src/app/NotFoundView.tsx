import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '../ui/Button.js';
import { Page } from '../ui/Page.js';
import { Empty } from '../ui/State.js';

/** An address that leads nowhere. */
export function NotFoundView(): ReactNode {
  const { t } = useTranslation();
  return (
    <Page title={t('state.notFoundTitle')}>
      <Empty
        title={t('state.notFoundHint')}
        action={
          <Link className={buttonClass()} to="/">
            {t('state.home')}
          </Link>
        }
      />
    </Page>
  );
}
