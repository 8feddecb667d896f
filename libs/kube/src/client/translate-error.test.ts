import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import { errorOfAnswer, errorOfConnection } from './translate-error.ts';

const request = { method: 'GET', path: '/x' };

describe('errorOfAnswer', () => {
  it.each([
    [400, 'API_REJECTED'],
    [401, 'FORBIDDEN'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [409, 'CONFLICT'],
    [410, 'RESOURCE_EXPIRED'],
    [422, 'API_REJECTED'],
    [429, 'TOO_MANY_REQUESTS'],
    [500, 'API_UNAVAILABLE'],
    [503, 'API_UNAVAILABLE'],
    [504, 'API_UNAVAILABLE'],
  ])('%d is %s', (status, code) => {
    expect(errorOfAnswer(request, status, '').code).toBe(code);
  });

  it('tells message, reason and causes of a Status', () => {
    const body = JSON.stringify({
      message: 'no',
      reason: 'TooManyRequests',
      details: { causes: [{ reason: 'DisruptionBudget' }, {}, 'x'] },
    });

    const error = errorOfAnswer(request, 429, body);
    expect(error.message).toBe('GET /x: no (429)');
    expect(error.details).toEqual({
      status: 429,
      reason: 'TooManyRequests',
      causes: 'DisruptionBudget',
    });
  });

  it('shows the beginning of a body that is no Status', () => {
    expect(errorOfAnswer(request, 502, `<html>${'x'.repeat(500)}`).message).toHaveLength(
      'GET /x:  (502)'.length + 200,
    );
  });
});

describe('errorOfConnection', () => {
  it('is API_UNAVAILABLE with the cause', () => {
    const cause = new Error('connect ECONNREFUSED');

    expect(errorOfConnection(request, cause)).toMatchObject({ code: 'API_UNAVAILABLE', cause });
  });

  it('leaves what is translated already', () => {
    const error = new KubeosError('CONFLICT', 'x');

    expect(errorOfConnection(request, error)).toBe(error);
  });
});
