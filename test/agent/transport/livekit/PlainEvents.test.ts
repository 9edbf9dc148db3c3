import { events } from "./EventSuite.ts"

events("plain")
