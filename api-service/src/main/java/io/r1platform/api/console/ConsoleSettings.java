package io.r1platform.api.console;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/**
 * Settings {@code r1.api.console.*}.
 *
 * @param location where the built console lies, with a slash at the end
 */
@ConfigurationProperties("r1.api.console")
record ConsoleSettings(@DefaultValue("classpath:/console/") Resource location) {}
