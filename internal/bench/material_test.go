package bench

// services are what the records change.
const services = `services:
  - {name: svc-0, tier: 3}
  - {name: svc-1, tier: 3, depends_on: [svc-0]}
  - {name: svc-2, tier: 3}
  - {name: svc-3, tier: 3}
  - {name: svc-4, tier: 2}
  - {name: svc-5, tier: 2, depends_on: [svc-2]}
  - {name: svc-6, tier: 2}
  - {name: svc-7, tier: 2}
  - {name: svc-8, tier: 3}
  - {name: svc-9, tier: 3}
  - {name: svc-10, tier: 4}
  - {name: svc-11, tier: 4}
`

// record is one change; its verbs are number, number, service, start, end and trigger.
const record = `id: CHG-%d
title: Raise the pool size, step %d
type: normal
owner: alice
services: [svc-%d]
environments: [production]
reason: Requests queue for a connection at noon.
impact: {users: some, outage: none, minutes: 0}
data: {migration: false, sensitive: false}
schedule:
  start: %s
  end: %s
implementation_plan:
  - Set the pool size to 40 and restart one instance after the other
test_plan:
  before: [Load test in staging with 40 connections]
  after: [The queue stays below five requests for an hour]
rollback_plan:
  method: revert
  %s
  steps: [Revert the commit and restart the instances]
  minutes: 10
  verify: The pool size is 20 again
`
