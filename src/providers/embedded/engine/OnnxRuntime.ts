import { CFunction, CString, dlopen, type FFITypeOrString, type Pointer, ptr, read } from "bun:ffi"

/**
 * The few functions of ONNX Runtime's C API that run a small model on buffers of ours, by their place in `OrtApi`
 * (onnxruntime_c_api.h; places never change, new ones are added behind).
 *
 * The library comes with sherpa-onnx, which loads it anyway. Sherpa's own voice detector is not used: it only tells a decision
 * after its own hysteresis, and loads the model once a session (65 ms, 9 MB each).
 */
const apiVersion = 17
const place = {
  GetErrorMessage: 2,
  CreateEnv: 3,
  CreateSessionFromArray: 8,
  Run: 9,
  CreateSessionOptions: 10,
  SetIntraOpNumThreads: 24,
  SetInterOpNumThreads: 25,
  CreateTensorWithDataAsOrtValue: 49,
  CreateCpuMemoryInfo: 69,
} as const
const logErrorsOnly = 3
const arenaAllocator = 1
const defaultMemory = 0
const elementType = { float: 1, int64: 7 } as const

export interface Tensor {
  readonly name: string
  readonly data: Float32Array | BigInt64Array
  readonly shape: ReadonlyArray<number>
}

/** A loaded model with its tensors bound: write the inputs' buffers, `run`, read the outputs' buffers. */
export interface OnnxSession {
  readonly run: () => void
}

/**
 * Zeros at an address that stays. A typed array made by its length alone may be moved by JavaScriptCore when a view of it is
 * taken, and the native side would go on reading the old place.
 */
export const fixedFloats = (count: number): Float32Array<ArrayBuffer> =>
  new Float32Array(new ArrayBuffer(count * Float32Array.BYTES_PER_ELEMENT))

const text = (value: string) => Buffer.from(`${value}\0`, "utf8")

const openApi = (libraryPath: string) => {
  const library = dlopen(libraryPath, { OrtGetApiBase: { args: [], returns: "ptr" } })
  const base = library.symbols.OrtGetApiBase() as Pointer | null
  if (base === null) throw new Error(`${libraryPath} is not ONNX Runtime`)
  const address = (at: Pointer, index: number): Pointer => Number(read.ptr(at, index * 8)) as Pointer
  const getApi = CFunction({ ptr: address(base, 0), args: ["u32"], returns: "ptr" })
  const api = getApi(apiVersion) as Pointer | null
  if (api === null) throw new Error(`${libraryPath} does not have version ${apiVersion} of the API`)
  const bind = (name: keyof typeof place, args: Array<FFITypeOrString>) =>
    CFunction({ ptr: address(api, place[name]), args, returns: "ptr" })
  const message = bind("GetErrorMessage", ["ptr"])
  /** Calls a function that answers a status, which is null when it went well. */
  const checked = (name: keyof typeof place, args: Array<FFITypeOrString>) => {
    const call = bind(name, args)
    return (...values: ReadonlyArray<Pointer | number | null>): void => {
      const status = call(...values) as Pointer | null
      if (status !== null)
        throw new Error(`ONNX Runtime ${name}: ${new CString(message(status) as Pointer).toString()}`)
    }
  }
  return checked
}

/** Calls with a place for the answer (a pointer) and answers what was put there. */
const received = (call: (out: Pointer) => void): Pointer => {
  const out = new BigUint64Array(1)
  call(ptr(out))
  return Number(out[0]) as Pointer
}

/** Loads a model from its bytes. All is kept until the process ends. Synchronous; for models that run in well under a millisecond. */
export const openSession = (
  libraryPath: string,
  model: Uint8Array,
  inputs: ReadonlyArray<Tensor>,
  outputs: ReadonlyArray<Tensor>,
): OnnxSession => {
  const checked = openApi(libraryPath)
  const logName = text("parley")
  const environment = received((out) => checked("CreateEnv", ["i32", "ptr", "ptr"])(logErrorsOnly, ptr(logName), out))
  const options = received((out) => checked("CreateSessionOptions", ["ptr"])(out))
  checked("SetIntraOpNumThreads", ["ptr", "i32"])(options, 1)
  checked("SetInterOpNumThreads", ["ptr", "i32"])(options, 1)
  const create = checked("CreateSessionFromArray", ["ptr", "ptr", "u64", "ptr", "ptr"])
  const session = received((out) => create(environment, ptr(model), model.length, options, out))
  const createMemory = checked("CreateCpuMemoryInfo", ["i32", "i32", "ptr"])
  const memory = received((out) => createMemory(arenaAllocator, defaultMemory, out))
  const createTensor = checked("CreateTensorWithDataAsOrtValue", ["ptr", "ptr", "u64", "ptr", "u64", "i32", "ptr"])

  const bindAll = (tensors: ReadonlyArray<Tensor>) => {
    const names = tensors.map((tensor) => text(tensor.name))
    const values = tensors.map(({ data, shape }) => {
      const dimensions = BigInt64Array.from(shape, BigInt)
      const type = data instanceof Float32Array ? elementType.float : elementType.int64
      return received((out) =>
        createTensor(memory, ptr(data), data.byteLength, ptr(dimensions), shape.length, type, out),
      )
    })
    return {
      // The native side holds bare addresses: whatever they point at must stay reachable from here.
      kept: { names, tensors },
      names: BigUint64Array.from(names, (name) => BigInt(ptr(name))),
      values: BigUint64Array.from(values, BigInt),
      count: tensors.length,
    }
  }
  const bound = { in: bindAll(inputs), out: bindAll(outputs), environment, options, memory }
  const call = checked("Run", ["ptr", "ptr", "ptr", "ptr", "u64", "ptr", "u64", "ptr"])
  const inNames = ptr(bound.in.names)
  const inValues = ptr(bound.in.values)
  const outNames = ptr(bound.out.names)
  const outValues = ptr(bound.out.values)
  const run = () => call(session, null, inNames, inValues, bound.in.count, outNames, bound.out.count, outValues)
  return { ...bound, run }
}
