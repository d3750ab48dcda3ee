/**
 * A table that becomes cards below 768 px. Columns are TanStack's; sorting, where a column has a
 * `sortFn`, is controlled from outside, because it lives in the URL.
 */
import {
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type Cell,
  type ColumnDef,
  type Header,
  type RowData,
  type SortingState,
} from '@tanstack/react-table';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '@/components/DataTable.module.css';
import { Icon } from '@/components/Icon';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

type Features = typeof features;

export type Column<T extends RowData> = ColumnDef<Features, T> & {
  id: string;
  header: string;
  numeric?: boolean;
  /** Left out of the cards on a phone. */
  wideOnly?: boolean;
};

interface DataTableProps<T extends RowData> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  rowId: (row: T) => string;
  sort?: string | undefined;
  onSort?: (sort: string) => void;
  footer?: Record<string, ReactNode>;
}

const NO_SORTING: SortingState = [];

function kindOf({ numeric, wideOnly }: { numeric?: boolean; wideOnly?: boolean }) {
  return [numeric && classes.numeric, wideOnly && classes.wideOnly].filter(Boolean).join(' ');
}

/** `-cost` is cost, largest first. */
function sortingOf(sort: string | undefined): SortingState {
  if (sort === undefined) return NO_SORTING;
  return [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }];
}

/**
 * What is in a cell. Called and not mounted as a component, as TanStack's own renderer would: a
 * column's function is another one at each rendering, and a dialog in the cell would be gone.
 */
function contentOf<T extends RowData>(cell: Cell<Features, T>): ReactNode {
  const { cell: content } = cell.column.columnDef;
  return typeof content === 'function' ? (content(cell.getContext()) as ReactNode) : content;
}

export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const { caption, columns, rows, rowId, sort, onSort, footer } = props;
  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: rowId,
    state: { sorting: sortingOf(sort) },
    defaultColumn: { enableSorting: false },
  });
  const kinds = new Map(columns.map((column) => [column.id, kindOf(column)]));
  const kind = (id: string) => kinds.get(id);
  const label = (id: string) => columns.find((column) => column.id === id)?.header;
  return (
    <table role="table" className={classes.table} aria-label={caption}>
      <thead role="rowgroup">
        {table.getHeaderGroups().map((group) => (
          <tr role="row" key={group.id}>
            {group.headers.map((header) => (
              <HeaderCell
                key={header.id}
                header={header}
                className={kind(header.column.id)}
                onSort={onSort}
              />
            ))}
          </tr>
        ))}
      </thead>
      <tbody role="rowgroup">
        {table.getRowModel().rows.map((row) => (
          <tr role="row" key={row.id}>
            {row.getAllCells().map((cell) => (
              <td
                role="cell"
                key={cell.id}
                className={kind(cell.column.id)}
                data-label={label(cell.column.id)}
              >
                {contentOf(cell)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {footer && (
        <tfoot role="rowgroup">
          <tr role="row">
            {columns.map(({ id, header }) => (
              <td role="cell" key={id} className={kind(id)} data-label={header}>
                {footer[id]}
              </td>
            ))}
          </tr>
        </tfoot>
      )}
    </table>
  );
}

interface HeaderCellProps<T extends RowData> {
  header: Header<Features, T>;
  className: string | undefined;
  onSort: ((sort: string) => void) | undefined;
}

const ARIA_SORT = { asc: 'ascending', desc: 'descending' } as const;

function HeaderCell<T extends RowData>({ header, className, onSort }: HeaderCellProps<T>) {
  const { t } = useTranslation();
  const { id, columnDef } = header.column;
  const title = typeof columnDef.header === 'string' ? columnDef.header : id;
  if (columnDef.enableSorting !== true || !onSort) {
    return (
      <th role="columnheader" scope="col" className={className}>
        {title}
      </th>
    );
  }
  const sorted = header.column.getIsSorted();
  return (
    <th
      role="columnheader"
      scope="col"
      className={className}
      aria-sort={sorted === false ? 'none' : ARIA_SORT[sorted]}
    >
      <button
        type="button"
        className={classes.sort}
        title={t('table.sort', { column: title })}
        onClick={() => {
          onSort(sorted === 'desc' ? id : `-${id}`);
        }}
      >
        {title}
        {sorted !== false && <Icon name={sorted === 'desc' ? 'down' : 'up'} size={13} />}
      </button>
    </th>
  );
}
