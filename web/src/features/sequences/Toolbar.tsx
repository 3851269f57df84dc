import { NativeSelect } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { formatCount } from '../../ui/numbers.ts';
import { SearchField } from '../../ui/SearchField.tsx';
import { type ListSearch, SORTS, type Sort, STATUSES } from './address.ts';
import { isShown } from './order.ts';
import type { SequenceStatus, SequenceSummary } from './queries.ts';
import { strings } from './strings.tsx';
import classes from './Toolbar.module.css';

/** Search, status and sort; all of it is kept in the address, so that a link shows the same list. */
export function Toolbar({ cards, shown }: { cards: readonly SequenceSummary[]; shown: number }) {
  const { q = '', sort = 'recent' } = useSearch({ from: '/app/sequences' });
  const navigate = useNavigate({ from: '/sequences' });
  // What is the default is left out, so that the plain address stays plain.
  const show = (change: ListSearch) =>
    navigate({ to: '.', search: (before) => ({ ...before, ...change }), replace: true });
  return (
    <div className={classes.toolbar}>
      <SearchField
        label={strings.search}
        value={q}
        onChange={(text) => show({ q: text || undefined })}
        className={classes.search}
      />
      <StatusFilter cards={cards.filter((card) => isShown(card, { q }))} />
      <div className={classes.sort}>
        <label htmlFor="sequence-sort">{strings.sortLabel}</label>
        <NativeSelect
          id="sequence-sort"
          value={sort}
          data={SORTS.map((value) => ({ value, label: strings.sorts[value] }))}
          onChange={({ currentTarget }) => show({ sort: sortParam(currentTarget.value as Sort) })}
        />
      </div>
      <p className={classes.matches} role="status">
        {strings.matches(shown, cards.length)}
      </p>
    </div>
  );
}

// Only statuses that some sequence has: a filter that leads nowhere is no help.
function StatusFilter({ cards }: { cards: readonly SequenceSummary[] }) {
  const { status } = useSearch({ from: '/app/sequences' });
  const counts = STATUSES.map((name) => ({ name, n: cards.filter((card) => card.status === name).length }));
  return (
    <nav aria-label={strings.statusLabel} className={classes.statuses}>
      <StatusLink n={cards.length} current={!status} />
      {counts
        .filter(({ name, n }) => n > 0 || name === status)
        .map(({ name, n }) => (
          <StatusLink key={name} status={name} n={n} current={name === status} />
        ))}
    </nav>
  );
}

function StatusLink({ status, n, current }: { status?: SequenceStatus; n: number; current: boolean }) {
  return (
    <Link
      from="/sequences"
      to="."
      search={(before) => ({ ...before, status })}
      replace
      className={classes.status}
      aria-current={current ? 'true' : undefined}
      activeProps={{ 'aria-current': current ? 'true' : undefined }}
    >
      {status ? strings.statuses[status] : strings.all} <span className={classes.n}>{formatCount(n)}</span>
    </Link>
  );
}

function sortParam(sort: Sort): Sort | undefined {
  return sort === 'recent' ? undefined : sort;
}
