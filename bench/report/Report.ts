/** One table; every row has as many cells as there are columns. */
export interface Table {
  readonly title: string
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

/** What was promised. A figure that could not be measured (NaN) misses its goal. */
export interface Goal {
  readonly name: string
  readonly measured: number
  readonly atMost: number
  readonly unit: string
}
export const isMet = ({ atMost, measured }: Goal): boolean => measured <= atMost

/** What one benchmark found. */
export interface Report {
  readonly name: string
  readonly tables: ReadonlyArray<Table>
  readonly goals: ReadonlyArray<Goal>
  /** What a reader must know to judge the figures. */
  readonly notes: ReadonlyArray<string>
}

export const decimals = (value: number, digits = 1): string => (Number.isFinite(value) ? value.toFixed(digits) : "-")

/** How many times as much: `theirs` over `ours`. */
export const ratio = (theirs: number, ours: number): string =>
  Number.isFinite(theirs) && Number.isFinite(ours) && theirs > 0 && ours > 0
    ? `${theirs / ours >= 10 ? Math.round(theirs / ours) : (theirs / ours).toPrecision(2)}x`
    : "-"

const renderTable = ({ columns, rows, title }: Table): string => {
  const widths = columns.map((column, index) =>
    rows.reduce((width, row) => Math.max(width, row[index]?.length ?? 0), column.length),
  )
  const line = (cells: ReadonlyArray<string>) =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join("  ")
      .trimEnd()
  return [title, line(columns), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n")
}

const renderGoal = (goal: Goal): string =>
  `${isMet(goal) ? "met   " : "MISSED"}  ${goal.name}: ${decimals(goal.measured, goal.atMost < 1 ? 3 : 1)} ${goal.unit} (at most ${goal.atMost})`

export const render = ({ goals, name, notes, tables }: Report): string =>
  [
    `== ${name}`,
    ...tables.map(renderTable),
    ...(goals.length === 0 ? [] : [goals.map(renderGoal).join("\n")]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join("\n")]),
  ].join("\n\n")
