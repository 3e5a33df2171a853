import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { logQuery } from '../../api/queries.js';
import { Card } from '../../ui/Card.js';
import { Page } from '../../ui/Page.js';
import { Empty, Loaded } from '../../ui/State.js';
import { KeysCard } from './KeysCard.js';
import { LogCheckCard } from './LogCheckCard.js';
import { LogStateCard } from './LogStateCard.js';
import { VerifiedCard } from './VerifiedCard.js';

/** The log that all of this rests on: how it stands, and how anybody can check it. */
export function LogView(): ReactNode {
  const { t } = useTranslation('log');
  const query = useQuery(logQuery());
  const log = query.data;
  return (
    <Page title={t('title')} lead={t('lead')}>
      {log?.checkpoint === null ? (
        <Card title={t('state')} titleHidden>
          <Empty title={t('none')} hint={t('noneHint')} />
        </Card>
      ) : (
        <div className="columns">
          <div className="stack">
            {/* Asks the public log alone, whatever the api says. */}
            <LogCheckCard />
            {log && <VerifiedCard log={log} />}
          </div>
          <Loaded query={query} lines={8}>
            {(state) => (
              <div className="stack">
                {state.checkpoint && <LogStateCard log={state} checkpoint={state.checkpoint} />}
                <KeysCard log={state} />
              </div>
            )}
          </Loaded>
        </div>
      )}
    </Page>
  );
}
