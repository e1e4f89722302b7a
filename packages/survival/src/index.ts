export { FaultServer } from './fault-server/fault-server.js'
export { framed, json, text } from './fault-server/answer.js'
export type { Answer, AnswerSource, PlainAnswer, SseStep } from './fault-server/answer.js'
export type { Behaviour, FaultServerOptions, Lists, RestartOptions } from './fault-server/options.js'
export type { Exchange } from './fault-server/exchange.js'
export type { WireLog } from './fault-server/wire-log.js'
export type { Executions } from './fault-server/executions.js'
export type { Script } from './fault-server/scripts.js'
export { all, calls, initialized, initializes, posts, responds, resumes, uses } from './fault-server/match.js'
export type { Match } from './fault-server/match.js'
export { specLossAnswer } from './fault-server/loss-answer.js'
export { toolDefinitions, toolResult } from './fault-server/tools.js'

export type {
  Capability,
  ConnectOptions,
  Face,
  FaceClient,
  FetchLike,
  PostAnswer,
  QuestionHandler,
  Tokens,
  ToolCallOptions,
  Trouble,
} from './faces/face.js'
export type { Outcome } from './faces/outcome.js'
export type { SdkFaceOptions } from './faces/sdk-options.js'
export { sdkV1Face } from './faces/sdk-v1-face.js'
export { sdkV2Face } from './faces/sdk-v2-face.js'
export { aiSdkFace, whyNoAiSdk } from './faces/ai-sdk-face.js'
export { bareFetchFace } from './faces/bare-fetch-face.js'
export { stdioFace } from './faces/stdio-face.js'
export type { StdioFaceOptions } from './faces/stdio-face.js'

export { judge } from './judge/judge.js'
export type { Judgement, Verdict } from './judge/judge.js'
export type {
  CallEvidence,
  ErrorMarks,
  Evidence,
  ExecutionEvidence,
  Expectation,
  HearingExpectation,
  WireExpectation,
} from './judge/evidence.js'

export { scenarios } from './scenarios/index.js'
export { promises } from './scenarios/promises.js'
export type { Promised } from './scenarios/promises.js'
export type { Scenario } from './scenarios/scenario.js'
export type { CallOptions, Player, Stage } from './runner/stage.js'
export type { Call } from './runner/call.js'
export { canPlay, runScenario } from './runner/run-scenario.js'
export type { Report, RunOptions } from './runner/run-scenario.js'
export { runAll } from './runner/run-all.js'
export type { RunAllOptions } from './runner/run-all.js'
export { matrix } from './runner/matrix.js'
export type { MatrixFace, Told } from './runner/matrix.js'
export { survivalPage } from './runner/survival-page.js'
export type { PageFace } from './runner/survival-page.js'
