import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DutiesSearch } from '../../search/schemas.js';
import { Card } from '../../ui/Card.js';
import { Command } from '../../ui/Command.js';

/** How the people are found whom this page does not name. */
export function WhoCard({ search: { controller = [] } }: { search: DutiesSearch }): ReactNode {
  const { t } = useTranslation('duties');
  const [only, ...others] = controller;
  const ofController = only !== undefined && others.length === 0 ? ` --controller ${only}` : '';
  return (
    <Card title={t('who')}>
      <p>{t('whoText')}</p>
      <Command what={t('command')} text={`npm run -s hjemmel -- duties${ofController} --reveal "${t('whoReason')}"`} />
    </Card>
  );
}
