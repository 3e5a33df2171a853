import { useMemo, type ReactNode } from 'react';
import { Megaphone } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { DeclaredPurpose, DeclaredRecipient, RegisterText } from '../../api/types.js';
import { Badge } from '../../ui/Badge.js';
import { Card } from '../../ui/Card.js';
import { DataTable, type Column } from '../../ui/DataTable.js';
import { useWords } from '../../ui/use-words.js';
import { Basis } from '../../ui/Values.js';
import { ClauseLink, Source } from './ClauseLink.js';
import { grouped, keepings } from './declared.js';
import styles from './registers.module.css';
import { WholePolicy } from './WholePolicy.js';

/** What a version declares: for each purpose, for all of them, and what its author had to assume. */
export function Purposes({ register }: { register: RegisterText }): ReactNode {
  const { t } = useTranslation('registers');
  return (
    <div className="stack">
      <Card title={t('purposes')} flush>
        <DataTable
          label={t('purposes')}
          columns={usePurposeColumns(register)}
          rows={register.purposes}
          rowId={({ id }) => id}
        />
      </Card>
      <WholePolicy register={register} />
      <Assumptions register={register} />
    </div>
  );
}

function usePurposeColumns(register: RegisterText): readonly Column<DeclaredPurpose>[] {
  const { t } = useTranslation(['registers', 'terms']);
  return useMemo(() => {
    const summaries = new Map(register.clauses.map(({ id, summary }) => [id, summary]));
    return [
      {
        id: 'purpose',
        header: t('purpose.purpose'),
        main: true,
        cell: ({ id, clause, directMarketing }) => (
          <div className={styles.purpose}>
            <strong>{id}</strong>
            <span className="muted" lang="en">
              {summaries.get(clause)}
            </span>
            {directMarketing && (
              <span>
                <Badge icon={Megaphone}>{t('terms:directMarketing')}</Badge>
              </span>
            )}
            <ClauseLink register={register} id={clause} />
          </div>
        ),
      },
      {
        id: 'bases',
        header: t('purpose.bases'),
        card: 'wide',
        cell: ({ bases, basesAssumed }) =>
          bases.length === 0 ? (
            <span className="muted">{t('noBasis')}</span>
          ) : (
            <ul className={`${styles.parts} ${styles.short}`}>
              {bases.map(({ basis, clause, assumed, conditions }) => (
                <li key={`${basis} ${clause} ${conditions.join(' ')}`}>
                  <Basis basis={basis} />
                  {conditions.map((condition) => (
                    <div key={condition} className="muted" lang="en">
                      {condition}
                    </div>
                  ))}{' '}
                  <Source register={register} clause={clause} assumed={assumed || basesAssumed} />
                </li>
              ))}
            </ul>
          ),
      },
      {
        id: 'categories',
        header: t('purpose.categories'),
        card: 'wide',
        cell: (purpose) => <Categories register={register} purpose={purpose} />,
      },
      {
        id: 'retention',
        header: t('purpose.retention'),
        card: 'wide',
        cell: (purpose) => <Keeping register={register} purpose={purpose} />,
      },
      {
        id: 'recipients',
        header: t('purpose.recipients'),
        card: 'wide',
        cell: ({ recipients }) =>
          recipients.length === 0 ? (
            <span className="muted">{t('noRecipients')}</span>
          ) : (
            <ul className={`${styles.parts} ${styles.short}`}>
              {recipients.map((recipient) => (
                <li key={recipient.id}>
                  <Recipient recipient={recipient} /> <Source register={register} clause={recipient.clause} assumed={false} />
                </li>
              ))}
            </ul>
          ),
      },
    ];
  }, [t, register]);
}

interface OfPurpose {
  register: RegisterText;
  purpose: DeclaredPurpose;
}

function Categories({ register, purpose }: OfPurpose): ReactNode {
  const { t } = useTranslation('registers');
  const words = useWords();
  const groups = grouped(purpose.categories);
  if (groups.length === 0) return <span className="muted">{t('anyCategory')}</span>;
  return (
    <ul className={styles.parts}>
      {groups.map(({ clause, condition, assumed, categories }) => (
        <li key={`${clause} ${condition} ${assumed}`}>
          {words.sentence(words.list(categories.map(words.category)))}{' '}
          {condition !== null && (
            <>
              <br />
              <span className="muted" lang="en">
                {condition}
              </span>{' '}
            </>
          )}
          <Source register={register} clause={clause} assumed={assumed} />
        </li>
      ))}
    </ul>
  );
}

function Keeping({ register, purpose }: OfPurpose): ReactNode {
  const { t } = useTranslation('registers');
  const words = useWords();
  const all = keepings(purpose.retention);
  if (all.length === 0) return <div className={`muted ${styles.short}`}>{t('noRetention')}</div>;
  return (
    <ul className={`${styles.parts} ${styles.short}`}>
      {all.map(({ whose, retention }) => (
        <li key={whose}>
          {whose !== null && <div className="muted">{t(whose)}</div>}
          {words.retention(retention)} <Source register={register} clause={retention.clause} assumed={retention.assumed} />
        </li>
      ))}
    </ul>
  );
}

function Recipient({ recipient }: { recipient: DeclaredRecipient }): ReactNode {
  const { t } = useTranslation('registers');
  const words = useWords();
  const { names, roles, sectors, uses, undertakings } = recipient;
  const who = names ?? roles?.map(words.role);
  const parts = [
    who ? words.list(who) : t('anyRecipient'),
    sectors && t('recipientsOf', { sectors: words.list(sectors.map(words.sector)) }),
    uses && words.list(uses.map(words.use)),
    undertakings.length > 0 && t('underUndertaking', { undertakings: words.list(undertakings.map(words.undertaking)) }),
  ];
  return parts.filter(Boolean).join(', ');
}

function Assumptions({ register }: { register: RegisterText }): ReactNode {
  const { t } = useTranslation('registers');
  const assumed = register.clauses.filter(({ assumption }) => assumption !== null);
  if (assumed.length === 0) return null;
  return (
    <Card title={t('assumptions')}>
      <p className="muted">{t('assumptionsHint')}</p>
      <ul className={styles.assumptions}>
        {assumed.map(({ id, summary, assumption }) => (
          <li key={id}>
            <p>
              <span lang="en">{summary}</span> <ClauseLink register={register} id={id} />
            </p>
            <p className="muted">
              {t('reason')} <span lang="en">{assumption}</span>
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
