// How an application connects, in the languages of the official SDKs.
import type { Overview } from "./home";

export const languages = ["JavaScript", "Python", "Java", "C#", "az"] as const;

/** A program that calls, complete but for its set-up. */
export function snippet(language: string, of: Overview, connection: string): string {
  const from = of.numbers[0] ?? "+15550100001";
  const trust = of.local ? of.data + "/ca.pem" : "";
  const ca = (line: string): string => (trust && of.endpoint.startsWith("https:") ? line + "\n" : "");
  switch (language) {
    case "Python":
      return `${ca(`# export REQUESTS_CA_BUNDLE=${trust}`)}# pip install azure-communication-callautomation
from azure.communication.callautomation import CallAutomationClient, PhoneNumberIdentifier

client = CallAutomationClient.from_connection_string("${connection}")
call = client.create_call(
    PhoneNumberIdentifier("+15550123456"),
    "http://127.0.0.1:3000/callbacks",
    source_caller_id_number=PhoneNumberIdentifier("${from}"),
)
print(call.call_connection_id)`;
    case "Java":
      return `${ca(`// keytool -importcert -noprompt -alias switchhook -file ${trust} -keystore trust.p12 -storepass switchhook
// java -Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=switchhook …`)}// com.azure:azure-communication-callautomation
import com.azure.communication.callautomation.CallAutomationClient;
import com.azure.communication.callautomation.CallAutomationClientBuilder;
import com.azure.communication.callautomation.models.CallInvite;
import com.azure.communication.callautomation.models.CreateCallResult;
import com.azure.communication.common.PhoneNumberIdentifier;

public class Call {
  public static void main(String[] args) {
    CallAutomationClient client = new CallAutomationClientBuilder()
        .connectionString("${connection}")
        .buildClient();
    CallInvite invite = new CallInvite(
        new PhoneNumberIdentifier("+15550123456"),
        new PhoneNumberIdentifier("${from}"));
    CreateCallResult call = client.createCall(invite, "http://127.0.0.1:3000/callbacks");
    System.out.println(call.getCallConnectionProperties().getCallConnectionId());
  }
}`;
    case "C#":
      return `${ca(`// export SSL_CERT_FILE=${trust}`)}// dotnet add package Azure.Communication.CallAutomation
using Azure.Communication;
using Azure.Communication.CallAutomation;

var client = new CallAutomationClient("${connection}");
var invite = new CallInvite(
    new PhoneNumberIdentifier("+15550123456"),
    new PhoneNumberIdentifier("${from}"));
CreateCallResult call = await client.CreateCallAsync(invite, new Uri("http://127.0.0.1:3000/callbacks"));
Console.WriteLine(call.CallConnectionProperties.CallConnectionId);`;
    case "az":
      return `# az speaks to Azure alone. These commands do here what az eventgrid and az communication do there:
switchhook subscribe incoming --endpoint http://127.0.0.1:3000/events \\
  --included-event-types Microsoft.Communication.IncomingCall
switchhook subscriptions list
switchhook keys show`;
    default:
      return `${ca(`// export NODE_EXTRA_CA_CERTS=${trust}`)}// npm install @azure/communication-call-automation
import { CallAutomationClient } from "@azure/communication-call-automation";

const client = new CallAutomationClient("${connection}");
const call = await client.createCall(
  { targetParticipant: { phoneNumber: "+15550123456" }, sourceCallIdNumber: { phoneNumber: "${from}" } },
  "http://127.0.0.1:3000/callbacks",
);
console.log(call.callConnectionProperties.callConnectionId);`;
  }
}
