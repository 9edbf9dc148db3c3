import { keepsTheContract } from "./Contract.ts"

keepsTheContract("keyed")
