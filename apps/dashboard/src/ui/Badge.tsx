import {
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleX,
  Eye,
  FileQuestion,
  PencilLine,
  RotateCcw,
  type LucideIcon,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProblemStatus, Verdict } from '../api/types.js';
import styles from './badge.module.css';
import { Tip } from './Tooltip.js';

export type Tone = 'neutral' | Verdict;

interface BadgeProps {
  icon?: LucideIcon;
  tone?: Tone;
  children: ReactNode;
}

export function Badge({ icon: Icon, tone = 'neutral', children }: BadgeProps): ReactNode {
  return (
    <span className={`${styles.badge} ${tone === 'neutral' ? '' : styles[tone]}`}>
      {Icon && <Icon size={14} strokeWidth={2.25} aria-hidden />}
      {children}
    </span>
  );
}

const VERDICT_ICONS = { violation: CircleX, gap: CircleHelp, unreadable: FileQuestion, compliant: CircleCheck };

/** Icon and word: a verdict is never told by colour alone. */
export function VerdictBadge({ verdict }: { verdict: Verdict }): ReactNode {
  const { t } = useTranslation('terms');
  return (
    <Badge icon={VERDICT_ICONS[verdict]} tone={verdict}>
      {t(`verdict.${verdict}`)}
    </Badge>
  );
}

const STATUS_ICONS = { open: CircleDashed, acknowledged: Eye, resolved: CircleCheck };

/** A problem's status; one that came again after it was resolved says so. */
export function StatusBadge({ status, recurred = false }: { status: ProblemStatus; recurred?: boolean }): ReactNode {
  const { t } = useTranslation('terms');
  const again = recurred && status === 'open';
  return (
    <Badge icon={again ? RotateCcw : STATUS_ICONS[status]} tone={again ? 'gap' : 'neutral'}>
      {t(`status.${again ? 'recurred' : status}`)}
    </Badge>
  );
}

/** Marks what the policy leaves open and the register's author decided; why, where it is known, in English. */
export function AssumptionBadge({ reason }: { reason?: string | null | undefined }): ReactNode {
  const { t } = useTranslation('terms');
  return (
    <Tip text={reason ? <span lang="en">{reason}</span> : t('assumptionText')}>
      <Badge icon={PencilLine}>{t('assumption')}</Badge>
    </Tip>
  );
}
