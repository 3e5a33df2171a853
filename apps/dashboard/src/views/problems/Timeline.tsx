import { useQuery } from '@tanstack/react-query';
import {
  CircleCheck,
  CircleDashed,
  Eye,
  Flag,
  MessageSquare,
  RotateCcw,
  UserRound,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery, useMayTriage } from '../../api/queries.js';
import { HJEMMEL, UNDER_WAY } from '../../api/triage.js';
import type { Problem, TriageAction, TriageEntry } from '../../api/types.js';
import { Card } from '../../ui/Card.js';
import { Time } from '../../ui/Time.js';
import styles from './timeline.module.css';

const ICONS: Record<TriageAction, LucideIcon> = {
  acknowledge: Eye,
  assign: UserRound,
  comment: MessageSquare,
  resolve: CircleCheck,
  reopen: CircleDashed,
};

/** What people did with a problem, oldest first; nothing of it is ever changed. */
export function Timeline({ problem }: { problem: Problem }): ReactNode {
  const { t } = useTranslation('problems');
  const { data } = useQuery(meQuery());
  const may = useMayTriage();
  return (
    <Card title={t('timeline')}>
      <div className="stack">
        <ol className={styles.timeline}>
          <li>
            <Flag size={16} aria-hidden />
            <div>
              <p>{t('firstFinding')}</p>
              <p className="muted small">
                <Time value={problem.firstSeen} />
              </p>
            </div>
          </li>
          {problem.triage.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ol>
        {problem.triage.length === 0 && <p className="muted">{t('nothingDone')}</p>}
        {data !== undefined && !may && <p className="muted small">{t('mayNot')}</p>}
      </div>
    </Card>
  );
}

/** One thing that was done: who, what, when, and in whose words. */
export function Entry({ entry }: { entry: TriageEntry }): ReactNode {
  const { t } = useTranslation('problems');
  const byItself = entry.action === 'reopen' && entry.actor.subject === HJEMMEL;
  const Icon = byItself ? RotateCcw : ICONS[entry.action];
  return (
    <li data-recurred={byItself || undefined}>
      <Icon size={16} aria-hidden />
      <div>
        <p>{byItself ? t('recurredByItself') : <Done entry={entry} />}</p>
        {entry.comment !== null && <p className={styles.comment}>{entry.comment}</p>}
        <p className="muted small">{entry.id === UNDER_WAY ? t('underWay') : <Time value={entry.at} />}</p>
      </div>
    </li>
  );
}

function Done({ entry: { action, actor, assignee, reason } }: { entry: TriageEntry }): ReactNode {
  const { t } = useTranslation('terms');
  const { name } = actor;
  switch (action) {
    case 'assign':
      return assignee === null ? t('actionDone.unassign', { name }) : t('actionDone.assign', { name, assignee });
    case 'resolve':
      return t('actionDone.resolve', { name, reason: reason === null ? '–' : t(`resolution.${reason}`) });
    case 'acknowledge':
    case 'comment':
    case 'reopen':
      return t(`actionDone.${action}`, { name });
  }
}
