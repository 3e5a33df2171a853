import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import type { Filters } from '../../search/schemas.js';

/** From a day in a chart's table to its findings. */
export function DayLink({ day, search }: { day: string; search: Filters }): ReactNode {
  const { t } = useTranslation('overview');
  const format = useFormat();
  return (
    <Link to="/findings" search={search} aria-label={t('onDay', { day: format.longDay(day) })}>
      {format.longDay(day)}
    </Link>
  );
}
