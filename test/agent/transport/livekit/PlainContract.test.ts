import { keepsTheContract } from "./Contract.ts"

keepsTheContract("plain")
