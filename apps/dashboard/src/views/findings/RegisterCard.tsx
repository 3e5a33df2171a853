import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../api/types.js';
import { useFormat } from '../../format/use-format.js';
import { Card } from '../../ui/Card.js';
import { ClauseText } from '../../ui/ClauseText.js';
import { ControllerName } from '../../ui/Values.js';

/** The register version that it was judged by, and what of it is an assumption. */
export function RegisterCard({ finding: { register, assumptions } }: { finding: Finding }): ReactNode {
  const { t } = useTranslation('findings');
  const format = useFormat();
  if (register === null) {
    return (
      <Card title={t('register')}>
        <p className="muted">{t('noRegister')}</p>
      </Card>
    );
  }
  const { controller, version, inForceFrom } = register;
  return (
    <Card title={t('register')}>
      <div className="stack">
        <div>
          <Link to="/registers/$controller/versions/$version" params={{ controller, version }}>
            <ControllerName controller={controller} />, {t('version', { version: format.number(version) })}
          </Link>
          <p className="muted small">{t('inForce', { date: format.date(inForceFrom) })}</p>
        </div>
        <h3>{t('assumptions')}</h3>
        {assumptions.length === 0 ? (
          <p className="muted small">{t('noAssumptions')}</p>
        ) : (
          <>
            <p className="muted small">{t('assumptionsHint')}</p>
            {assumptions.map((clause) => (
              <ClauseText key={clause.id} clause={clause} register={register} />
            ))}
          </>
        )}
      </div>
    </Card>
  );
}
