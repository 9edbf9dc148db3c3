import { leaving } from "./LeavingSuite.ts"

leaving("keyed")
