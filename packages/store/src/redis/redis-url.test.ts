import { expect, it } from 'vitest'
import { readRedisUrl } from './redis-url.js'

it.each([
  ['redis://localhost', { kind: 'single', addresses: [{ host: 'localhost', port: 6379 }], tls: false, database: 0 }],
  [
    'rediss://user:p%40ss%3A@cache.example:6380/3',
    {
      kind: 'single',
      addresses: [{ host: 'cache.example', port: 6380 }],
      tls: true,
      database: 3,
      username: 'user',
      password: 'p@ss:',
    },
  ],
  [
    'redis://:secret@[::1]:7000',
    { kind: 'single', addresses: [{ host: '::1', port: 7000 }], tls: false, database: 0, password: 'secret' },
  ],
  [
    'redis-sentinel://a,b:26380/my-master/2',
    {
      kind: 'sentinel',
      addresses: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 26380 },
      ],
      tls: false,
      database: 2,
      masterName: 'my-master',
    },
  ],
  [
    'rediss-cluster://a:1,b:2,c',
    {
      kind: 'cluster',
      addresses: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
        { host: 'c', port: 6379 },
      ],
      tls: true,
      database: 0,
    },
  ],
])('reads %s', (url, target) => {
  expect(readRedisUrl(url)).toEqual(target)
})
