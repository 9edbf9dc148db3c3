import { Option } from "effect"

/** Places whose name no time zone bears; whole countries only where one zone (or one that most people mean) covers them. */
const elsewhere: Readonly<Record<string, string>> = {
  america: "America/New_York",
  australia: "Australia/Sydney",
  austria: "Europe/Vienna",
  bangalore: "Asia/Kolkata",
  barcelona: "Europe/Madrid",
  beijing: "Asia/Shanghai",
  boston: "America/New_York",
  brazil: "America/Sao_Paulo",
  california: "America/Los_Angeles",
  canada: "America/Toronto",
  china: "Asia/Shanghai",
  delhi: "Asia/Kolkata",
  egypt: "Africa/Cairo",
  england: "Europe/London",
  florida: "America/New_York",
  france: "Europe/Paris",
  germany: "Europe/Berlin",
  greece: "Europe/Athens",
  hamburg: "Europe/Berlin",
  hawaii: "Pacific/Honolulu",
  houston: "America/Chicago",
  india: "Asia/Kolkata",
  indonesia: "Asia/Jakarta",
  ireland: "Europe/Dublin",
  israel: "Asia/Jerusalem",
  italy: "Europe/Rome",
  japan: "Asia/Tokyo",
  kenya: "Africa/Nairobi",
  kyiv: "Europe/Kyiv",
  "las vegas": "America/Los_Angeles",
  mexico: "America/Mexico_City",
  miami: "America/New_York",
  milan: "Europe/Rome",
  moscow: "Europe/Moscow",
  mumbai: "Asia/Kolkata",
  munich: "Europe/Berlin",
  "new delhi": "Asia/Kolkata",
  "new york city": "America/New_York",
  "new zealand": "Pacific/Auckland",
  nigeria: "Africa/Lagos",
  norway: "Europe/Oslo",
  osaka: "Asia/Tokyo",
  pakistan: "Asia/Karachi",
  philadelphia: "America/New_York",
  poland: "Europe/Warsaw",
  portugal: "Europe/Lisbon",
  rio: "America/Sao_Paulo",
  "rio de janeiro": "America/Sao_Paulo",
  russia: "Europe/Moscow",
  "san diego": "America/Los_Angeles",
  "san francisco": "America/Los_Angeles",
  scotland: "Europe/London",
  seattle: "America/Los_Angeles",
  "south africa": "Africa/Johannesburg",
  "south korea": "Asia/Seoul",
  spain: "Europe/Madrid",
  sweden: "Europe/Stockholm",
  switzerland: "Europe/Zurich",
  texas: "America/Chicago",
  thailand: "Asia/Bangkok",
  turkey: "Europe/Istanbul",
  uk: "Europe/London",
  ukraine: "Europe/Kyiv",
  "united kingdom": "Europe/London",
  "united states": "America/New_York",
  usa: "America/New_York",
  utc: "UTC",
  vietnam: "Asia/Ho_Chi_Minh",
  "washington dc": "America/New_York",
  washington: "America/New_York",
}

const plain = (name: string): string =>
  name
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[_-]/g, " ")
    .replaceAll(/[^a-z/+ ]/g, "")
    .replace(/^the /, "")
    .trim()

/** The time zone of a place: a zone's own name, the city that it is named for, or a well-known place. */
export const zoneOf = (place: string): Option.Option<string> => {
  const wanted = plain(place)
  // "Paris, France" and "Paris France" both begin with what is meant.
  const candidates = [wanted, plain(place.split(",")[0] ?? "")]
  const zones = Intl.supportedValuesOf("timeZone")
  for (const candidate of candidates.filter(Boolean)) {
    const known = elsewhere[candidate]
    if (known !== undefined) return Option.some(known)
    const found = zones.find((zone) => plain(zone) === candidate || plain(zone.split("/").at(-1) ?? "") === candidate)
    if (found !== undefined) return Option.some(found)
  }
  return Option.none()
}

export interface LocalTime {
  readonly time: string
  readonly date: string
}

/** As an English speaker says them: `2:05 PM`, `Wednesday, November 25, 2026`. */
export const at = (epochMillis: number, timeZone: string): LocalTime => ({
  // Engines differ in the kind of space before AM and PM.
  time: new Intl.DateTimeFormat("en-US", { timeZone, hour: "numeric", minute: "2-digit" })
    .format(epochMillis)
    .replaceAll(/\s/g, " "),
  date: new Intl.DateTimeFormat("en-US", { timeZone, dateStyle: "full" }).format(epochMillis),
})
