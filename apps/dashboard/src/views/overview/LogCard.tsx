import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { logQuery } from '../../api/queries.js';
import { useFormat } from '../../format/use-format.js';
import { Badge } from '../../ui/Badge.js';
import { Card } from '../../ui/Card.js';
import { Loaded } from '../../ui/State.js';
import { Time } from '../../ui/Time.js';
import { Num } from '../../ui/Values.js';
import styles from './overview.module.css';

/** Whether the trail that all this rests on is sound. */
export function LogCard(): ReactNode {
  const { t } = useTranslation('overview');
  const format = useFormat();
  return (
    <Card title={t('log')} actions={<Link to="/log">{t('toLog')}</Link>}>
      <Loaded query={useQuery(logQuery())} lines={4}>
        {({ size, checkpoint, verified, through }) => (
          <>
            <dl className={styles.facts}>
              <dt>{t('logSize')}</dt>
              <dd>
                <Num value={size} />
              </dd>
              <dt>{t('checkpoint')}</dt>
              <dd>{checkpoint ? <Time value={checkpoint.signedAt} show="relative" /> : t('noCheckpoint')}</dd>
              <dt>{t('verified')}</dt>
              <dd>
                {verified === null ? (
                  t('neverVerified')
                ) : (
                  <>
                    <Time value={verified.at} show="relative" />{' '}
                    <Badge
                      icon={verified.ok ? ShieldCheck : ShieldAlert}
                      tone={verified.ok ? 'compliant' : 'violation'}
                    >
                      {t(verified.ok ? 'verifiedOk' : 'verifiedBad')}
                    </Badge>
                    <div className="muted small">{t('verifiedUpTo', { number: format.number(verified.size) })}</div>
                  </>
                )}
              </dd>
            </dl>
            <p className="muted small">
              {through < size
                ? t('behind', { count: size - through, number: format.number(size - through) })
                : t('upToDate')}
            </p>
          </>
        )}
      </Loaded>
    </Card>
  );
}
