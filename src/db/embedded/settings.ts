/** One setting of the embedded server; `why` is for the reader who wonders whether it may go. */
type Setting = { name: string; value: string; why: string };

/**
 * The settings of the embedded server, for a laptop. They are given on the command line, so neither a changed
 * postgresql.conf nor ALTER SYSTEM can undo what Sequitur promises. What is not listed is PostgreSQL's default.
 */
const SETTINGS: Setting[] = [
  {
    name: 'listen_addresses',
    value: '',
    why: 'no TCP: the socket in a closed directory is the whole access control',
  },
  {
    name: 'unix_socket_permissions',
    value: '0700',
    why: 'the owner and root, even should the directory be opened',
  },
  { name: 'fsync', value: 'on', why: 'a trigger answered 2xx survives a power cut' },
  { name: 'full_page_writes', value: 'on', why: 'the same, for a page half written' },
  { name: 'synchronous_commit', value: 'on', why: 'the same, for the last commits' },
  {
    name: 'max_connections',
    value: '400',
    why: 'a server has up to 48, and each of up to 16 workers 20 (`app/parts.ts`); one not in use costs a few kilobytes',
  },
  {
    name: 'shared_buffers',
    value: '256MB',
    why: 'holds the counters of some million executions; taken when touched',
  },
  { name: 'work_mem', value: '16MB', why: 'recount and CSV sort in memory rather than in files' },
  {
    name: 'random_page_cost',
    value: '1.1',
    why: 'solid-state disks: an index lookup costs about what a scan step does',
  },
  {
    name: 'max_locks_per_transaction',
    value: '256',
    why: 'a query over all weeks locks each partition and each of its indexes; 64 was seen to run out',
  },
  { name: 'jit', value: 'off', why: 'compiling a plan over many partitions takes longer than running it' },
  {
    name: 'client_connection_check_interval',
    value: '5s',
    why: 'the long query of a process that was killed ends soon, instead of holding its locks to the end',
  },
  {
    name: 'timezone',
    value: 'UTC',
    why: 'reporting days are computed in a zone that queries name, never in a default',
  },
  { name: 'log_timezone', value: 'UTC', why: 'one zone in all logs' },
  {
    name: 'log_min_messages',
    value: 'log',
    why: "the server's own events only: a failed statement is reported to its caller, and its text may hold addresses that erasure could not reach in a file",
  },
  { name: 'log_checkpoints', value: 'off', why: 'would be nine tenths of the log' },
  { name: 'cluster_name', value: 'sequitur', why: 'tells its processes apart in ps' },
];

/** The port in the name of the socket; nothing listens on it. */
export const PORT = 5432;

/** The arguments for `postgres` that make it serve from a socket in `socketDir`. */
export function settingsArguments(socketDir: string): string[] {
  // A list of directories to PostgreSQL: quoted, or a comma in a path would end it.
  const quoted = `"${socketDir.replaceAll('"', '""')}"`;
  const all = [
    ...SETTINGS,
    { name: 'port', value: String(PORT) },
    { name: 'unix_socket_directories', value: quoted },
  ];
  return all.flatMap(({ name, value }) => ['-c', `${name}=${value}`]);
}
