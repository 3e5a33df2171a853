import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useLocation } from '@tanstack/react-router';
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { registerQuery, registersQuery } from '../../api/queries.js';
import type { RegisterText } from '../../api/types.js';
import { useFormat, useNow } from '../../format/use-format.js';
import { patched } from '../../search/patch.js';
import type { RegisterSearch } from '../../search/schemas.js';
import { Button } from '../../ui/Button.js';
import { CopyButton } from '../../ui/CopyButton.js';
import { Menu, MenuChoice } from '../../ui/Menu.js';
import { Page } from '../../ui/Page.js';
import { Loaded } from '../../ui/State.js';
import { Tabs } from '../../ui/Tabs.js';
import { useControllerName } from '../../ui/Values.js';
import { Clauses } from './Clauses.js';
import { CoverageTab } from './CoverageTab.js';
import { clauseOf } from './declared.js';
import { Differences } from './Differences.js';
import { InForce, VersionStateBadge } from './InForce.js';
import { Purposes } from './Purposes.js';
import styles from './registers.module.css';
import { comparedWith, numbers, withSpans, type Version } from './versions.js';

const route = getRouteApi('/registers/$controller/versions/$version');
type Tab = NonNullable<RegisterSearch['tab']> | 'purposes';

/** One version of what a controller declares. */
export function RegisterView(): ReactNode {
  const { t } = useTranslation('registers');
  const { controller, version } = route.useParams();
  const now = useNow();
  const query = useQuery(registerQuery(controller, version));
  const { data: registers } = useQuery(registersQuery());
  const versions = withSpans(registers?.find((one) => one.controller === controller)?.versions ?? [], now);
  const nameOf = useControllerName();
  return (
    <Page
      title={query.data?.name ?? nameOf(controller)}
      crumbs={[{ label: t('title'), link: { to: '/registers' } }]}
      lead={query.data && <Lead register={query.data} version={versions.find(({ id }) => id === query.data.id)} />}
      {...(versions.length > 1 && { actions: <VersionMenu version={version} versions={versions} /> })}
    >
      <Loaded query={query} lines={10}>
        {(register) => <Parts register={register} versions={versions} />}
      </Loaded>
    </Page>
  );
}

function Lead({ register, version }: { register: RegisterText; version: Version | undefined }): ReactNode {
  const { t } = useTranslation('registers');
  const format = useFormat();
  return (
    <div className="cluster">
      <strong>{t('versionNumber', { number: format.number(register.version) })}</strong>
      {version && (
        <>
          <VersionStateBadge state={version.state} />
          <InForce version={version} />
        </>
      )}
      <span className={`small ${styles.digest}`}>
        {t('identity')} <span className="mono">{register.id.slice(0, 12)}…</span>
        <CopyButton text={register.id} what={t('identityWhat')} />
      </span>
    </div>
  );
}

function VersionMenu({ version, versions }: { version: number; versions: readonly Version[] }): ReactNode {
  const { t } = useTranslation('registers');
  const format = useFormat();
  const navigate = route.useNavigate();
  const named = (number: number): string => t('versionNumber', { number: format.number(number) });
  return (
    <Menu
      trigger={
        <Button>
          {named(version)}
          <ChevronDown size={14} aria-hidden />
        </Button>
      }
    >
      <MenuChoice
        label={t('version')}
        value={String(version)}
        options={numbers(versions).map((number) => {
          const state = versions.find((one) => one.version === number)?.state ?? 'superseded';
          return { value: String(number), label: `${named(number)} · ${t(`state.${state}`)}` };
        })}
        onChange={(chosen) =>
          void navigate({
            params: (before) => ({ ...before, version: Number(chosen) }),
            // A clause or a version to compare with belongs to the one that was looked at.
            search: (before) => patched(before, { clause: undefined, from: undefined }),
          })
        }
      />
    </Menu>
  );
}

function Parts({ register, versions }: { register: RegisterText; versions: readonly Version[] }): ReactNode {
  const { t } = useTranslation('registers');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const hash = useLocation({ select: (location) => location.hash });
  const wanted = clauseOf(search.clause, hash);
  const tab: Tab = search.tab ?? (wanted === null ? 'purposes' : 'clauses');
  const change = (changed: { [Key in keyof RegisterSearch]?: RegisterSearch[Key] | undefined }): void =>
    void navigate({ search: (before) => patched(before, changed), replace: true, resetScroll: false });
  const all = numbers(versions);
  return (
    <Tabs<Tab>
      label={t('tabs.label')}
      value={tab}
      onChange={(chosen) => change({ tab: chosen === 'purposes' ? undefined : chosen, clause: undefined })}
      tabs={[
        { value: 'purposes', label: t('tabs.purposes'), content: <Purposes register={register} /> },
        { value: 'clauses', label: t('tabs.clauses'), content: <Clauses register={register} wanted={wanted} /> },
        {
          value: 'coverage',
          label: t('tabs.coverage'),
          content: (
            <CoverageTab
              controller={register.controller}
              inForce={versions.find(({ state }) => state === 'inForce')?.version ?? null}
              span={{ from: search.occurredFrom, to: search.occurredTo }}
              onSpan={({ from, to }) => change({ occurredFrom: from, occurredTo: to })}
            />
          ),
        },
        {
          value: 'differences',
          label: t('tabs.differences'),
          content: (
            <Differences
              controller={register.controller}
              version={register.version}
              versions={all}
              from={comparedWith(all, register.version, search.from)}
              onFrom={(from) => change({ from })}
            />
          ),
        },
      ]}
    />
  );
}
