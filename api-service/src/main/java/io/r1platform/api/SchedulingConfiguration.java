package io.r1platform.api;

import org.springframework.boot.task.ThreadPoolTaskSchedulerBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Each scheduled method has a thread to itself ({@code spring.task.scheduling.pool.size}). With
 * virtual threads Spring would run all that have a fixed delay on one, and a request log that waits
 * for its lock would stop the heartbeat: a peer would take this replica for dead.
 *
 * <p>They go on while the last requests come to their end, for minutes, for the same reason.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class SchedulingConfiguration {
  @Bean
  ThreadPoolTaskScheduler taskScheduler(ThreadPoolTaskSchedulerBuilder builder) {
    ThreadPoolTaskScheduler scheduler = builder.build();
    scheduler.setAcceptTasksAfterContextClose(true);
    return scheduler;
  }
}
