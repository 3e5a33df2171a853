import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../api/types.js';
import { useFormat } from '../../format/use-format.js';
import { CopyButton } from '../../ui/CopyButton.js';
import { Fact, Facts } from '../../ui/Facts.js';
import proof from './proof.module.css';

/** Where the entry stands, and the record that it is about. */
export function Position({ finding: { entry, source, valueSha256 } }: { finding: Finding }): ReactNode {
  const { t } = useTranslation('findings');
  const format = useFormat();
  return (
    <section className="stack" aria-labelledby="position">
      <h3 id="position">{t('position')}</h3>
      <Facts few>
        <Fact name={t('inLog')}>{format.number(entry.logIndex)}</Fact>
        <Fact name={t('inTrail')}>
          <span className="numeric">
            {entry.task} / {entry.block} / {entry.index}
          </span>
        </Fact>
        {source === null ? (
          <Fact name={t('inKafka')}>
            <span className="muted">{t('noRecord')}</span>
          </Fact>
        ) : (
          <Fact name={t('inKafka')}>
            <span className="mono">{source.topic}</span>{' '}
            <span className="numeric">
              {t('partition', { partition: format.number(source.partition), offset: format.number(source.offset) })}
            </span>
          </Fact>
        )}
      </Facts>
      {valueSha256 !== null && <Digest name={t('valueDigest')} hex={valueSha256} />}
      <Digest name={t('leafDigest')} hex={entry.leafHash} />
    </section>
  );
}

/** A digest, in full, to be compared and copied. */
export function Digest({ name, hex }: { name: string; hex: string }): ReactNode {
  return (
    <div className={proof.digest}>
      <span className="muted small">{name}</span>
      <span className={proof.digestText}>
        <code className="mono">{hex}</code>
        <CopyButton text={hex} what={name} />
      </span>
    </div>
  );
}
