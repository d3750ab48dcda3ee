package io.r1platform.api.audit;

import java.util.UUID;

/**
 * Who acts, from where, in which request.
 *
 * @param name the operator's e-mail address
 * @param address of the client, as text
 * @param requestId the {@code x-request-id} of the response
 */
public record Actor(String name, String address, UUID requestId) {}
