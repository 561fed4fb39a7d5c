require 'json'
require 'webrick'
require_relative 'sign/ruby-jwt'

PLATFORM = 'VOILA_URL'
SHOW = "#{PLATFORM}/PROGRAM_ID"
POLICY = "default-src 'self'; script-src 'self' #{PLATFORM}; frame-src #{PLATFORM}"

# This is your own sign-in's place.
USERS = JSON.parse(File.read('users.json'), symbolize_names: true)
SESSIONS = {}

def user_of(request)
  SESSIONS[request.cookies.find { |cookie| cookie.name == 'aldermoor' }&.value]
end

def token_of(user)
  attendee_token(id: user[:id], first_name: user[:firstName], last_name: user[:lastName], email: user[:email])
end

def file(response, name, type)
  response['content-type'] = type
  response.body = File.read(name)
end

def sign_in(request, response)
  given = request.query.values_at('email', 'password')
  user = USERS.find { |each| each.values_at(:email, :password) == given }
  if user.nil?
    response.body = 'This address and this password do not go together.'
    return response.status = 401
  end

  session = SecureRandom.uuid
  SESSIONS[session] = user
  response.status = 303
  response['location'] = '/'
  response['set-cookie'] = "aldermoor=#{session}; Path=/; HttpOnly; SameSite=Lax"
end

def redirect(response, location)
  response.status = 302
  response['location'] = location
  response['referrer-policy'] = 'no-referrer'
end

def answer(request, response)
  user = user_of(request)
  response['content-security-policy'] = POLICY
  response['cache-control'] = 'no-store'
  case [request.request_method, request.path]
  in ['GET', '/'] then file(response, 'start.html', 'text/html')
  in ['GET', '/watch.js'] then file(response, 'watch.js', 'text/javascript')
  in ['POST', '/sign-in'] then sign_in(request, response)
  in ['GET', '/watch' | '/all-hands'] if user.nil? then redirect(response, '/')
  in ['GET', '/watch'] then file(response, 'watch.html', 'text/html')
  in ['GET', '/all-hands'] then redirect(response, "#{SHOW}?token=#{token_of(user)}")
  in ['POST', '/voila-token'] if user.nil? then response.status = 401
  in ['POST', '/voila-token']
    response['content-type'] = 'text/plain'
    response.body = token_of(user)
  else response.status = 404
  end
end

server = WEBrick::HTTPServer.new(
  BindAddress: '127.0.0.1', Port: Integer(ENV.fetch('PORT', '3000')), AccessLog: [], Logger: WEBrick::Log.new($stderr, WEBrick::Log::WARN)
)
server.mount_proc('/') { |request, response| answer(request, response) }
%w[INT TERM].each { |signal| trap(signal) { server.shutdown } }
server.start
