/** A member of the consumer group, with the tasks it owned before. */
export interface Claimant {
  readonly id: string;
  readonly owned: readonly number[];
}

/**
 * Shares tasks 0 to `tasks - 1` among the members: as even as possible, and a member keeps what it owned as far as
 * that allows (a kept task keeps its cached facts). Depends on nothing but its arguments, not even their order.
 */
export function assignTasks(claimants: readonly Claimant[], tasks: number): Map<string, number[]> {
  const members = [...claimants].sort((a, b) => (a.id < b.id ? -1 : 1));
  const assignment = new Map<string, number[]>(members.map((member) => [member.id, []]));
  if (members.length === 0) return assignment;
  const least = Math.floor(tasks / members.length);
  let withOneMore = tasks % members.length;
  const free = new Set(Array.from({ length: tasks }, (_, task) => task));
  for (const member of members) {
    const kept = assignment.get(member.id) as number[];
    for (const task of [...member.owned].sort((a, b) => a - b)) {
      if (!free.has(task)) continue;
      if (kept.length >= least) {
        if (kept.length > least || withOneMore === 0) break;
        withOneMore--;
      }
      kept.push(task);
      free.delete(task);
    }
  }
  for (const task of free) {
    const poorest = members.reduce((a, b) => (size(assignment, b.id) < size(assignment, a.id) ? b : a));
    (assignment.get(poorest.id) as number[]).push(task);
  }
  for (const owned of assignment.values()) owned.sort((a, b) => a - b);
  return assignment;
}

function size(assignment: Map<string, number[]>, id: string): number {
  return (assignment.get(id) as number[]).length;
}
