import { leaving } from "./LeavingSuite.ts"

leaving("plain")
