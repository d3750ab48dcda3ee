package io.r1platform.api.metering;

/** This replica's epoch is over: it can write nothing more, and whatever runs must end. */
public record JournalFenced() {}
