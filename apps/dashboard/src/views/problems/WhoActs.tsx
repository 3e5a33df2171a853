import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../api/types.js';
import { Card } from '../../ui/Card.js';
import { useControllerName } from '../../ui/Values.js';
import { WHO_ACTS } from './who-acts.js';

/** Who should act, and how, in words. */
export function WhoActs({ problem: { rule, service, controller } }: { problem: Problem }): ReactNode {
  const { t } = useTranslation('problems');
  const nameOf = useControllerName();
  const actor = WHO_ACTS[rule];
  const names = { service: service ?? t('theService'), controller: nameOf(controller) };
  return (
    <Card title={t('whoActs')}>
      <p>
        <strong>{t(`who.${actor}.who`, names)}</strong>
      </p>
      <p>{t(`who.${actor}.what`, names)}</p>
    </Card>
  );
}
