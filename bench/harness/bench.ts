/** One benchmark: it answers one question with figures measured in one run. */
export type Bench = {
  /** What it asks, in one sentence. */
  question: string;
  run: (context: BenchContext) => Promise<Answer>;
};

export type BenchContext = {
  /** Whether to finish within 50 seconds, with less history and fewer rounds. */
  quick: boolean;
  /** A PostgreSQL to use instead of the embedded one; its role may make databases. */
  databaseUrl: string | undefined;
  /** Aborts on Ctrl-C: long loops look at it between two batches. */
  signal: AbortSignal;
  /** Tells on stderr what takes time. */
  progress: (line: string) => void;
  /** Runs `undo` after the benchmark, whatever became of it; the last one given runs first. */
  afterwards: (undo: () => Promise<void>) => void;
};

export type Answer = {
  tables: Table[];
  /** Remarks for the reader: what a figure stands for, what this run left out. */
  notes: string[];
  /** Every figure by name. */
  figures: Record<string, number>;
  targets: Record<string, Target>;
  /** Where the figures come from, beside the machine: the version of the PostgreSQL that ran, say. */
  on: Record<string, string | number>;
};

/** What one figure has to reach; `aim` is what it would like to. */
export type Target = ({ at_least: number } | { at_most: number }) & { aim?: number };

export type Table = { title: string; columns: string[]; rows: string[][] };

/** The names of the targets that `figures` miss; a figure that was not measured misses its target. */
export function missed({ figures, targets }: Pick<Answer, 'figures' | 'targets'>): string[] {
  return Object.entries(targets)
    .filter(([name, target]) => !reaches(figures[name] ?? Number.NaN, target))
    .map(([name]) => name);
}

function reaches(figure: number, target: Target): boolean {
  return 'at_least' in target ? figure >= target.at_least : figure <= target.at_most;
}
