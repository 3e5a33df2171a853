import { ChartColumn, Table } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.js';
import { Card } from '../ui/Card.js';
import styles from './chart.module.css';

/** The same data as the chart, for those who would rather read it, or cannot see it. */
export interface ChartTable {
  readonly columns: readonly ReactNode[];
  /** The first cell heads its row. */
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
}

interface ChartFrameProps {
  title: string;
  /** How to read it. */
  note?: string;
  /** Held in the address by the view. */
  asTable: boolean;
  onTable: (asTable: boolean) => void;
  table: ChartTable;
  actions?: ReactNode;
  /** The chart; it has an accessible name of its own. */
  children: ReactNode;
}

/** A chart, and its table. */
export function ChartFrame({ title, note, asTable, onTable, table, actions, children }: ChartFrameProps): ReactNode {
  const { t } = useTranslation();
  const label = asTable ? t('chart.chart') : t('chart.table');
  const toggle = (
    <Button look="quiet" onClick={() => onTable(!asTable)}>
      {asTable ? <ChartColumn size={16} aria-hidden /> : <Table size={16} aria-hidden />}
      {label}
      <span className="visually-hidden">: {title}</span>
    </Button>
  );
  return (
    <Card
      title={title}
      actions={[actions, toggle].filter(Boolean).map((action, index) => (
        <span key={index}>{action}</span>
      ))}
    >
      {asTable ? <DataOf title={title} table={table} /> : children}
      {note && <p className={styles.note}>{note}</p>}
    </Card>
  );
}

function DataOf({ title, table }: { title: string; table: ChartTable }): ReactNode {
  const { t } = useTranslation();
  return (
    // It scrolls, so the keyboard must reach it.
    <div className={styles.tableFrame} tabIndex={0} role="region" aria-label={t('list.scroll', { label: title })}>
      <table className={styles.table}>
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            {table.columns.map((column, index) => (
              <th key={index} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map(({ key, cells: [head, ...cells] }) => (
            <tr key={key}>
              <th scope="row">{head}</th>
              {cells.map((cell, index) => (
                <td key={index}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
