import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RegisterText, Within } from '../../api/types.js';
import { useFormat } from '../../format/use-format.js';
import { Card } from '../../ui/Card.js';
import { useWords } from '../../ui/use-words.js';
import { ClauseLink, Source } from './ClauseLink.js';
import styles from './registers.module.css';

/** What a version declares for every purpose alike. */
export function WholePolicy({ register }: { register: RegisterText }): ReactNode {
  const { t } = useTranslation('registers');
  const words = useWords();
  const { requests, erasureOnWithdrawal, excludedCategories, transfers } = register;
  return (
    <Card title={t('whole')}>
      <dl className={styles.facts}>
        <dt>{t('requests')}</dt>
        <dd>
          <Limit register={register} limit={requests} />
        </dd>
        <dt>{t('erasure')}</dt>
        <dd>
          <Limit register={register} limit={erasureOnWithdrawal} />
        </dd>
        <dt>{t('excluded')}</dt>
        <dd>
          {excludedCategories.length === 0 ? (
            <span className="muted">{t('noExcluded')}</span>
          ) : (
            <ul className={styles.parts}>
              {excludedCategories.map(({ category, clause }) => (
                <li key={category}>
                  {words.sentence(words.category(category))} <ClauseLink register={register} id={clause} />
                </li>
              ))}
            </ul>
          )}
        </dd>
        <dt>{t('transfers')}</dt>
        <dd>
          {transfers === null ? (
            t('transfersSilent')
          ) : (
            <>
              {t('transfersOn', { grounds: words.list(transfers.permitted.map(words.safeguard)) })}{' '}
              <ClauseLink register={register} id={transfers.clause} />
            </>
          )}
        </dd>
      </dl>
    </Card>
  );
}

function Limit({ register, limit }: { register: RegisterText; limit: Within | null }): ReactNode {
  const { t } = useTranslation('registers');
  const format = useFormat();
  if (limit === null) return t('silent');
  return (
    <>
      {t('within', { period: format.period(limit.within) })}{' '}
      <Source register={register} clause={limit.clause} assumed={limit.assumed} />
    </>
  );
}
