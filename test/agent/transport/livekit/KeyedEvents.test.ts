import { events } from "./EventSuite.ts"

events("keyed")
