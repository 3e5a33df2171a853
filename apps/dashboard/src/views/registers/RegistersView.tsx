import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { registersQuery } from '../../api/queries.js';
import { useFormat, useNow } from '../../format/use-format.js';
import { Card } from '../../ui/Card.js';
import { DataTable, type Column } from '../../ui/DataTable.js';
import { Page } from '../../ui/Page.js';
import { Empty, Loaded } from '../../ui/State.js';
import { Time } from '../../ui/Time.js';
import { InForce, VersionStateBadge } from './InForce.js';
import { withSpans, type Version } from './versions.js';

interface Row extends Version {
  readonly controller: string;
  readonly name: string;
}

/** Every controller's register, with its versions. */
export function RegistersView(): ReactNode {
  const { t } = useTranslation('registers');
  const now = useNow();
  const query = useQuery(registersQuery());
  const columns = useColumns();
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Card title={t('title')} titleHidden flush>
        <Loaded query={query} lines={6}>
          {(registers) =>
            registers.length === 0 ? (
              <Empty title={t('empty')} hint={t('emptyHint')} />
            ) : (
              <DataTable
                label={t('title')}
                columns={columns}
                rows={registers.flatMap(({ controller, name, versions }) =>
                  withSpans(versions, now).map((version): Row => ({ controller, name, ...version })),
                )}
                rowId={({ controller, id }) => `${controller} ${id}`}
                rowLink={({ controller, version }) => ({
                  to: '/registers/$controller/versions/$version',
                  params: { controller, version },
                })}
              />
            )
          }
        </Loaded>
      </Card>
    </Page>
  );
}

function useColumns(): readonly Column<Row>[] {
  const { t } = useTranslation('registers');
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'controller',
        header: t('columns.controller'),
        main: true,
        cell: ({ name, version }) => (
          <>
            {name}
            <span className="visually-hidden"> {t('versionNumber', { number: format.number(version) })}</span>
          </>
        ),
      },
      { id: 'version', header: t('columns.version'), cell: ({ version }) => format.number(version) },
      {
        id: 'inForce',
        header: t('columns.inForce'),
        cell: (version) => <InForce version={version} focusable={false} />,
      },
      { id: 'state', header: t('columns.state'), cell: ({ state }) => <VersionStateBadge state={state} /> },
      {
        id: 'loaded',
        header: t('columns.loaded'),
        cell: ({ loadedAt }) =>
          loadedAt === null ? (
            <span className="muted">{t('neverLoaded')}</span>
          ) : (
            <Time value={loadedAt} focusable={false} />
          ),
      },
    ],
    [t, format],
  );
}
