import { CircleAlert, CircleCheck, CircleHelp, CircleX, Info, RotateCw, ShieldAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { weightOf, type LogReport, type Step, type Weight } from '../../log-check/check-log.js';
import { Button } from '../../ui/Button.js';
import { Card } from '../../ui/Card.js';
import { Command } from '../../ui/Command.js';
import { Dialog } from '../../ui/Dialog.js';
import { Loaded } from '../../ui/State.js';
import styles from './log.module.css';
import { useLogCheck } from './use-log-check.js';

/** The log's signature and history, checked here and now. */
export function LogCheckCard(): ReactNode {
  const { t } = useTranslation('log');
  const { query, startAnew } = useLogCheck();
  return (
    <Card
      title={t('check.title')}
      actions={
        <Button disabled={query.isFetching} onClick={() => void query.refetch()}>
          <RotateCw size={16} aria-hidden />
          {query.isFetching ? t('check.running') : t('check.again')}
        </Button>
      }
    >
      <div aria-live="polite">
        <Loaded query={query} lines={4}>
          {(report) => <Result report={report} checkedAt={query.dataUpdatedAt} onStartAnew={startAnew} />}
        </Loaded>
      </div>
      <p className={`muted small ${styles.proves}`}>
        {t('check.proves')} {t('check.provesNot')}
      </p>
    </Card>
  );
}

const ICONS = { held: CircleCheck, noted: Info, unknown: CircleHelp, failed: CircleX, alarm: ShieldAlert };

interface ResultProps {
  report: LogReport;
  /** ms */
  checkedAt: number;
  onStartAnew: () => void;
}

function Result({ report, checkedAt, onStartAnew }: ResultProps): ReactNode {
  const { t } = useTranslation('log');
  const format = useFormat();
  const { weight, steps } = report;
  const isFirst = weight === 'noted' && steps.some(({ finding }) => finding === 'first');
  const Icon = ICONS[weight];
  return (
    <>
      <div className={styles.result} data-weight={weight} role={weight === 'alarm' ? 'alert' : undefined}>
        <Icon size={20} aria-hidden />
        <div>
          <div>
            <h3>{isFirst ? t('check.first') : t(`check.result.${weight}`)}</h3>
            <p className="small">{t('check.checkedAt', { time: format.dateTime(checkedAt) })}</p>
          </div>
          {weight === 'alarm' && <Alarm report={report} onStartAnew={onStartAnew} />}
        </div>
      </div>
      <ol className={styles.steps} aria-label={t('check.steps')}>
        {steps.map((step) => (
          <StepItem key={step.name} step={step} weight={weightOf(step)} />
        ))}
      </ol>
    </>
  );
}

function StepItem({ step, weight }: { step: Step; weight: Weight }): ReactNode {
  const { t } = useTranslation('log');
  const Icon = weight === 'alarm' ? CircleAlert : ICONS[weight];
  return (
    <li className={styles.step} data-weight={weight}>
      <Icon size={18} aria-hidden />
      <div>
        <p>
          <strong>{t(`check.step.${step.name}`)}</strong>
          <span className="visually-hidden">: {t(`check.outcome.${weight}`)}</span>
        </p>
        <p className="muted small">{useStepText(step)}</p>
      </div>
    </li>
  );
}

/** What a step came to, with its numbers and times in the person's language. */
function useStepText(step: Step): string {
  const { t } = useTranslation('log');
  const format = useFormat();
  const values = Object.fromEntries(
    Object.entries(step.values).map(([name, value]) => [
      name,
      typeof value === 'number' ? format.number(value) : name === 'since' ? format.dateTime(value) : value,
    ]),
  );
  // Each finding has its message; the test of the messages holds them against each other.
  return t(`check.${step.name}.${step.finding}` as 'check.keep.kept', values as { number: string });
}

function Alarm({ report, onStartAnew }: { report: LogReport; onStartAnew: () => void }): ReactNode {
  const { t } = useTranslation(['log', 'common']);
  const [asking, setAsking] = useState(false);
  const { before } = report;
  if (before === null) return null;
  const file = `${before.since.slice(0, 10)}.checkpoint`;
  return (
    <>
      <p>{t('check.alarmText')}</p>
      <Command text={`npm run -s hjemmel -- verify --held ${file}`} what={t('verifyCommand')} />
      <div className="cluster">
        <Button look="primary" onClick={() => download(file, before.note)}>
          {t('check.download')}
        </Button>
        <Button onClick={() => setAsking(true)}>{t('check.forget')}</Button>
      </div>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('check.forgetTitle')}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t('common:cancel')}</Button>
            <Button
              look="primary"
              onClick={() => {
                setAsking(false);
                onStartAnew();
              }}
            >
              {t('check.forgetDo')}
            </Button>
          </>
        }
      >
        <p>{t('check.forgetText')}</p>
      </Dialog>
    </>
  );
}

/** Gives a text to the person as a file. */
function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
