/** `broken`: something that was asked for does not work. `note`: worth knowing, and nothing to mend. */
export type Status = "ok" | "note" | "broken"

export interface Check {
  readonly area: "runtime" | "settings" | "data" | "speech" | "language model" | "network"
  readonly name: string
  readonly status: Status
  readonly detail: string
  /** What to do about it; empty when there is nothing to do. */
  readonly remedy: string
}

type Finding = Omit<Check, "area" | "status" | "remedy">

export const ok = (area: Check["area"], finding: Finding): Check => ({ area, status: "ok", remedy: "", ...finding })
export const note = (area: Check["area"], finding: Finding): Check => ({ area, status: "note", remedy: "", ...finding })
export const broken = (area: Check["area"], finding: Finding & Pick<Check, "remedy">): Check => ({
  area,
  status: "broken",
  ...finding,
})

const signs: Record<Status, string> = { ok: "ok   ", note: "-    ", broken: "WRONG" }

const lines = (check: Check) => [
  `  ${signs[check.status]}  ${check.name}: ${check.detail}`,
  ...(check.remedy === "" ? [] : [`         ${check.remedy}`]),
]

/** The checks for a person to read, by area, and in one last line how it stands. */
export const render = (checks: ReadonlyArray<Check>): string => {
  const areas = [...new Set(checks.map(({ area }) => area))]
  const wrong = checks.filter(({ status }) => status === "broken").length
  return [
    ...areas.flatMap((area) => [area, ...checks.filter((check) => check.area === area).flatMap(lines), ""]),
    wrong === 0 ? "All that is needed is there." : `${wrong} ${wrong === 1 ? "thing needs" : "things need"} mending.`,
  ].join("\n")
}
