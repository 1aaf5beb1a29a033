import { useCollection, type PropertyFilterProperty } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CollectionPreferences, { type CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import PropertyFilter from "@cloudscape-design/components/property-filter";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState, type ReactNode } from "react";
import { counted } from "./count";
import { ErrorAlert } from "./ErrorAlert";

export interface Column<T> extends TableProps.ColumnDefinition<T> {
  id: string;
  /** Not shown until it is chosen in the preferences. */
  hidden?: boolean;
}

interface Props<T> {
  /** Names the table in the browser's storage. */
  id: string;
  title: string;
  description?: ReactNode;
  /** "instances": in counts and empty states. */
  noun: string;
  items: readonly T[] | undefined;
  keyOf: (item: T) => string;
  columns: Column<T>[];
  loading?: boolean;
  error?: unknown;
  refresh?: () => void;
  actions?: ReactNode;
  emptyAction?: ReactNode;
  selectionType?: "single" | "multi";
  selected?: T[];
  onSelect?: (items: T[]) => void;
  labelOf?: (item: T) => string;
  /** What the filter can be narrowed to; without it the filter is a plain text. */
  filteringProperties?: PropertyFilterProperty[];
  variant?: TableProps.Variant;
  footer?: ReactNode;
}

const PAGE_SIZES = [20, 50, 100];

function usePreferences<T>(id: string, columns: Column<T>[]) {
  const key = `opentrail.table.${id}`;
  const [preferences, setPreferences] = useState<CollectionPreferencesProps.Preferences>(() => {
    const fallback = {
      pageSize: PAGE_SIZES[0],
      wrapLines: false,
      contentDisplay: columns.map((column) => ({ id: column.id, visible: !column.hidden })),
    };
    try {
      const stored = JSON.parse(localStorage.getItem(key) ?? "null") as typeof fallback | null;
      const known = new Set(columns.map((column) => column.id));
      // Columns may have come or gone since.
      if (!stored || stored.contentDisplay.length !== known.size || !stored.contentDisplay.every(({ id }) => known.has(id))) return fallback;
      return stored;
    } catch {
      return fallback;
    }
  });
  const save = (next: CollectionPreferencesProps.Preferences) => {
    setPreferences(next);
    localStorage.setItem(key, JSON.stringify(next));
  };
  return [preferences, save] as const;
}

/** A table of things of the account: filter, sorting, pages, columns to choose, what to do where it is empty. */
export function ResourceTable<T>(props: Props<T>) {
  const { items, columns, noun, loading, error, refresh, filteringProperties } = props;
  const [preferences, setPreferences] = usePreferences(props.id, columns);
  const empty = error && !items ? null : (
    <Box textAlign="center" color="inherit" padding={{ vertical: "m" }}>
      <SpaceBetween size="s">
        <b>No {noun}</b>
        {props.emptyAction}
      </SpaceBetween>
    </Box>
  );
  const noMatch = (clear: () => void) => (
    <Box textAlign="center" color="inherit" padding={{ vertical: "m" }}>
      <SpaceBetween size="s">
        <b>No matches</b>
        <Button onClick={clear}>Clear filter</Button>
      </SpaceBetween>
    </Box>
  );
  const collection = useCollection(items ?? [], {
    filtering: { empty, noMatch: noMatch(() => collection.actions.setFiltering("")) },
    propertyFiltering: filteringProperties && {
      filteringProperties,
      empty,
      noMatch: noMatch(() => collection.actions.setPropertyFiltering({ tokens: [], operation: "and" })),
    },
    pagination: { pageSize: preferences.pageSize },
    sorting: {},
  });
  const count = items ? `(${items.length})` : "";

  return (
    <SpaceBetween size="m">
      <ErrorAlert error={error} header={`The ${noun} could not be loaded`} retry={refresh} />
      <Table<T>
        {...collection.collectionProps}
        items={collection.items as readonly T[]}
        columnDefinitions={columns}
        columnDisplay={preferences.contentDisplay}
        wrapLines={preferences.wrapLines}
        trackBy={props.keyOf}
        loading={loading && !items}
        loadingText={`Loading ${noun}`}
        variant={props.variant ?? "container"}
        stickyHeader
        resizableColumns={false}
        selectionType={props.selectionType}
        selectedItems={props.selected ?? []}
        onSelectionChange={({ detail }) => props.onSelect?.(detail.selectedItems)}
        onRowClick={({ detail }) => props.selectionType === "single" && props.onSelect?.([detail.item])}
        ariaLabels={{
          tableLabel: props.title,
          selectionGroupLabel: `${props.title} selection`,
          allItemsSelectionLabel: () => "Select all",
          itemSelectionLabel: (_, item) => `Select ${(props.labelOf ?? props.keyOf)(item)}`,
        }}
        header={
          <Header
            variant={props.variant === "embedded" ? "h3" : "h1"}
            counter={count}
            description={props.description}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                {refresh && <Button iconName="refresh" ariaLabel={`Refresh ${noun}`} onClick={refresh} />}
                {props.actions}
              </SpaceBetween>
            }
          >
            {props.title}
          </Header>
        }
        filter={
          filteringProperties && collection.propertyFilterProps ? (
            <PropertyFilter
              {...collection.propertyFilterProps}
              filteringPlaceholder={`Find ${noun} by attribute`}
              filteringAriaLabel={`Find ${noun}`}
              countText={counted(collection.filteredItemsCount ?? 0, "match", "matches")}
            />
          ) : (
            <TextFilter
              {...collection.filterProps}
              filteringPlaceholder={`Find ${noun}`}
              filteringAriaLabel={`Find ${noun}`}
              countText={counted(collection.filteredItemsCount ?? 0, "match", "matches")}
            />
          )
        }
        pagination={<Pagination {...collection.paginationProps} />}
        preferences={
          <CollectionPreferences
            title="Preferences"
            confirmLabel="Confirm"
            cancelLabel="Cancel"
            preferences={preferences}
            onConfirm={({ detail }) => setPreferences(detail)}
            pageSizePreference={{ title: "Page size", options: PAGE_SIZES.map((value) => ({ value, label: `${value} ${noun}` })) }}
            wrapLinesPreference={{ label: "Wrap lines", description: "Show all of the text" }}
            contentDisplayPreference={{
              title: "Columns",
              options: columns.map((column, index) => ({ id: column.id, label: String(column.header), alwaysVisible: index === 0 })),
            }}
          />
        }
        footer={props.footer}
      />
    </SpaceBetween>
  );
}
