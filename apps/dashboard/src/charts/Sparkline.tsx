import type { ReactNode } from 'react';
import styles from './chart.module.css';

interface SparklineProps {
  values: readonly number[];
  /** What it shows, in words. */
  label: string;
}

/** px */
const BAR = 5;
const GAP = 1;
const HEIGHT = 22;

/** Small bars beside a number. */
export function Sparkline({ values, label }: SparklineProps): ReactNode {
  const max = Math.max(...values, 1);
  return (
    <svg className={styles.spark} role="img" aria-label={label} width={values.length * (BAR + GAP)} height={HEIGHT}>
      {values.map((value, index) => {
        const height = value === 0 ? 1 : Math.max((value / max) * HEIGHT, 2);
        return <rect key={index} x={index * (BAR + GAP)} y={HEIGHT - height} width={BAR} height={height} rx={1} />;
      })}
    </svg>
  );
}
