import type { ReactNode } from 'react';
import { CalendarClock, CircleCheck, History } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { Badge } from '../../ui/Badge.js';
import { Time } from '../../ui/Time.js';
import type { Version, VersionState } from './versions.js';

/** Since when until when a version is in force. */
export function InForce({ version, focusable }: { version: Version; focusable?: boolean }): ReactNode {
  const { t } = useTranslation('registers');
  const { inForceFrom, inForceTo, state } = version;
  const format = useFormat();
  if (inForceTo === null) {
    return t(state === 'future' ? 'from' : 'since', { date: format.date(inForceFrom) });
  }
  const day = focusable === undefined ? {} : { focusable };
  return (
    <span>
      <Time value={inForceFrom} show="date" {...day} /> – <Time value={inForceTo} show="date" {...day} />
    </span>
  );
}

const ICONS = { inForce: CircleCheck, superseded: History, future: CalendarClock };

export function VersionStateBadge({ state }: { state: VersionState }): ReactNode {
  const { t } = useTranslation('registers');
  return (
    <Badge icon={ICONS[state]} tone={state === 'inForce' ? 'compliant' : 'neutral'}>
      {t(`state.${state}`)}
    </Badge>
  );
}
