package io.r1platform.inference.models;

/**
 * What a model takes in memory, bytes, as estimated before it was loaded.
 *
 * @param file its weights, which are mapped
 * @param cache the most that its cache of keys and values may take
 * @param compute for computing
 */
public record ModelSizes(long file, long cache, long compute) {}
