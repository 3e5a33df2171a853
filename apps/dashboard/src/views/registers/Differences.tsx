import { useQuery } from '@tanstack/react-query';
import { ArrowRight, Minus, PencilLine, Plus } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { differencesQuery } from '../../api/queries.js';
import type { RegisterChange } from '../../api/types.js';
import { useFormat } from '../../format/use-format.js';
import { Badge } from '../../ui/Badge.js';
import { Card } from '../../ui/Card.js';
import { Segmented } from '../../ui/Segmented.js';
import { Empty, Loaded } from '../../ui/State.js';
import { changeGroups, type Step } from './difference.js';
import { DifferenceValue, useStepWords } from './DifferenceValue.js';
import styles from './registers.module.css';

interface DifferencesProps {
  controller: string;
  version: number;
  /** All there are, the newest first. */
  versions: readonly number[];
  from: number | null;
  onFrom: (version: number) => void;
}

/** How a version differs from another. */
export function Differences({ controller, version, versions, from, onFrom }: DifferencesProps): ReactNode {
  const { t } = useTranslation('registers');
  const format = useFormat();
  if (from === null) {
    return (
      <Card title={t('tabs.differences')} titleHidden>
        <Empty title={t('differences.only')} hint={t('differences.onlyHint')} />
      </Card>
    );
  }
  const others = versions.filter((other) => other !== version);
  return (
    <Card
      title={t('differences.heading', { from: format.number(from), to: format.number(version) })}
      flush
      actions={
        others.length > 1 && (
          <Segmented
            label={t('differences.compare')}
            value={String(from)}
            options={others.map((other) => ({
              value: String(other),
              label: t('versionNumber', { number: format.number(other) }),
            }))}
            onChange={(chosen) => onFrom(Number(chosen))}
          />
        )
      }
    >
      <Changes controller={controller} from={from} to={version} />
    </Card>
  );
}

function Changes({ controller, from, to }: { controller: string; from: number; to: number }): ReactNode {
  const { t } = useTranslation('registers');
  const format = useFormat();
  return (
    <Loaded query={useQuery(differencesQuery(controller, from, to))} lines={6}>
      {({ changes }) =>
        changes.length === 0 ? (
          <Empty title={t('differences.none')} hint={t('differences.noneHint')} />
        ) : (
          <>
            <p className={`muted ${styles.about}`}>
              {t('differences.count', { count: changes.length, number: format.number(changes.length) })}
            </p>
            {changeGroups(changes).map(({ place, changes: inGroup }) => (
              <section key={JSON.stringify(place)} className={styles.group}>
                <h3>
                  <Place steps={place} />
                </h3>
                <ul className={styles.changes}>
                  {inGroup.map(({ rest, change }) => (
                    <li key={change.where}>
                      <Change place={place} rest={rest} change={change} />
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </>
        )
      }
    </Loaded>
  );
}

const ICONS = { added: Plus, removed: Minus, changed: PencilLine };
const TONES = { added: 'compliant', removed: 'violation', changed: 'gap' } as const;

function Change({
  place,
  rest,
  change: { kind, before, after },
}: {
  place: readonly Step[];
  rest: readonly Step[];
  change: RegisterChange;
}): ReactNode {
  const { t } = useTranslation(['registers', 'terms']);
  const steps = [...place, ...rest];
  const sides = { changed: ['before', 'after'], added: ['after'], removed: ['before'] } as const;
  const values = { before, after };
  return (
    <>
      <div className={styles.changeHead}>
        <Badge icon={ICONS[kind]} tone={TONES[kind]}>
          {t(`terms:change.${kind}`)}
        </Badge>
        {rest.length > 0 && <Place steps={rest} />}
      </div>
      <dl className={styles.sides}>
        {sides[kind].map((side) => (
          <div key={side} className={styles.side} data-side={side}>
            <dt className="muted small">{t(`differences.${side}`)}</dt>
            <dd>
              <DifferenceValue place={steps} value={values[side]} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The way to a place: `Purposes › purchase › Data`. */
function Place({ steps }: { steps: readonly Step[] }): ReactNode {
  const word = useStepWords();
  return (
    <span className={styles.place}>
      {steps.map((step, at) => (
        <Fragment key={`${at} ${step.id}`}>
          {at > 0 && <ArrowRight size={12} aria-hidden />}
          <span>{word(step)}</span>
        </Fragment>
      ))}
    </span>
  );
}
