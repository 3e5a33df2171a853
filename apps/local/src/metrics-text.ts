/** The values of a metric, one for each set of labels, in Prometheus' text format. */
export function metricValues(text: string, metric: string): number[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith(metric)) return [];
    const rest = line.slice(metric.length);
    return rest.startsWith('{') || rest.startsWith(' ') ? [Number(rest.slice(rest.lastIndexOf(' ') + 1))] : [];
  });
}

/** Sum of a metric over its labels. */
export function metricSum(text: string, metric: string): number {
  return metricValues(text, metric).reduce((sum, value) => sum + value, 0);
}
