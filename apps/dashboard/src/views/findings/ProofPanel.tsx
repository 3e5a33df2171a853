import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, ShieldCheck } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/errors.js';
import { proofQuery } from '../../api/queries.js';
import type { Finding, Proof } from '../../api/types.js';
import { useFormat } from '../../format/use-format.js';
import { useShortcut } from '../../keyboard/shortcuts.js';
import { remember } from '../../proof/seen-checkpoint.js';
import { verifyProof, type Report } from '../../proof/verify-proof.js';
import { Button, buttonClass } from '../../ui/Button.js';
import { Command } from '../../ui/Command.js';
import { Empty, Loaded } from '../../ui/State.js';
import styles from './proof.module.css';
import { ProofReport } from './ProofReport.js';

/** The evidence that the finding is in the log, to be verified here, or taken away and verified elsewhere. */
export function ProofPanel({ finding }: { finding: Finding }): ReactNode {
  const { t } = useTranslation(['findings', 'common']);
  const query = useQuery(proofQuery(finding.id));
  if (query.error instanceof ApiError && query.error.status === 404) {
    return (
      <Empty
        title={t('notYetProved')}
        hint={t('notYetProvedHint')}
        action={<Button onClick={() => void query.refetch()}>{t('common:state.retry')}</Button>}
      />
    );
  }
  return (
    <Loaded query={query} lines={6}>
      {(proof) => <Evidence finding={finding} proof={proof} />}
    </Loaded>
  );
}

function Evidence({ finding, proof }: { finding: Finding; proof: Proof }): ReactNode {
  const { t } = useTranslation('findings');
  const format = useFormat();
  const verification = useVerification(finding);
  const run = (): void => verification.mutate();
  const file = `${finding.id}.tlog-proof`;
  useShortcut({ keys: ['v'], label: t('verify'), group: 'thisView', run });
  return (
    <div className="stack">
      <p className={styles.lead}>{t('proofLead', { index: format.number(proof.logIndex) })}</p>
      <div className="cluster">
        <Button look="primary" onClick={run} disabled={verification.isPending} aria-keyshortcuts="v">
          <ShieldCheck size={16} aria-hidden />
          {t('verify')}
        </Button>
        <DownloadProof text={proof.tlogProof} name={file} />
      </div>
      <div role="status">
        {verification.isError && <p className={styles.failed}>{t('verifyFailed')}</p>}
        {verification.data && <ProofReport report={verification.data} />}
      </div>
      <details className={styles.elsewhere}>
        <summary>{t('elsewhere')}</summary>
        <div className="stack">
          <p>{t('elsewhereText')}</p>
          <Command
            text={`npm run -s hjemmel -- verify-proof ${file} --key ${proof.keys[0] ?? '…'}`}
            what={t('verifyCommand')}
          />
          <p className="muted small">{t('elsewhereKey')}</p>
        </div>
      </details>
    </div>
  );
}

/** Fetches the evidence anew, so that it leads to the newest checkpoint, and works it out here. */
function useVerification({ id, entry }: Finding) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (): Promise<Report> => {
      const proof = await queryClient.fetchQuery({ ...proofQuery(id), staleTime: 0 });
      // Where the page came over plain HTTP from another machine there is none, whatever the types say.
      const subtle = crypto.subtle as SubtleCrypto | undefined;
      const report = await verifyProof(proof, entry, { subtle, store: localStorage });
      if (report.verdict === 'proved' && report.checkpoint !== null) {
        remember(localStorage, report.checkpoint, Date.now());
      }
      return report;
    },
  });
}

function DownloadProof({ text, name }: { text: string; name: string }): ReactNode {
  const { t } = useTranslation('findings');
  const link = useCallback(
    (element: HTMLAnchorElement) => {
      const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
      element.href = url;
      return () => URL.revokeObjectURL(url);
    },
    [text],
  );
  return (
    <a ref={link} className={buttonClass()} download={name}>
      <Download size={16} aria-hidden />
      {t('downloadProof')}
    </a>
  );
}
