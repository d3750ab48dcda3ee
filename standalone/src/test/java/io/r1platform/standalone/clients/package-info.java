/** The clients that must work unchanged, each with what its users do, against one platform. */
@NullMarked
package io.r1platform.standalone.clients;

import org.jspecify.annotations.NullMarked;
